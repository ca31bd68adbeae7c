'use client';

import { useId } from 'react';
import { NextRuns } from '@/components/schedulers/next-runs';
import { type TimingDraft, toTiming, UNITS } from '@/components/schedulers/timing-draft';
import { SelectField, TextField } from '@/components/ui/text-field';

interface TimingFieldsProps {
  draft: TimingDraft;
  errors: Record<string, string>;
  onChange: (draft: TimingDraft) => void;
}

const ZONES = typeof Intl.supportedValuesOf === 'function' ? ['UTC', ...Intl.supportedValuesOf('timeZone')] : ['UTC'];

export function TimingFields({ draft, errors, onChange }: TimingFieldsProps) {
  const id = useId();
  const set = (changes: Partial<TimingDraft>) => onChange({ ...draft, ...changes });
  return (
    <>
      <SelectField
        label="Rhythm"
        value={draft.rhythm}
        options={[
          { value: 'pattern', label: 'By the calendar (cron)' },
          { value: 'every', label: 'At an interval' },
        ]}
        onChange={(value) => set({ rhythm: value === 'every' ? 'every' : 'pattern' })}
      />
      {draft.rhythm === 'pattern' ? (
        <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
          <TextField
            label="Pattern"
            className="[&_.input]:font-mono"
            maxLength={256}
            value={draft.pattern}
            error={errors.pattern}
            hint="minute hour day month weekday; six fields begin with the second"
            onChange={(pattern) => set({ pattern })}
          />
          <div>
            <TextField
              label="Time zone"
              list={id}
              maxLength={64}
              value={draft.tz}
              error={errors.tz}
              placeholder="UTC"
              onChange={(tz) => set({ tz })}
            />
            <datalist id={id}>
              {ZONES.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </div>
        </div>
      ) : (
        <div className="grid grid-cols-2 items-start gap-3">
          <TextField
            label="Every"
            inputMode="decimal"
            value={draft.every}
            error={errors.everyMs}
            onChange={(every) => set({ every })}
          />
          <SelectField label="Unit" value={draft.unit} options={UNITS} onChange={(unit) => set({ unit })} />
        </div>
      )}
      <NextRuns timing={toTiming(draft)} />
      <details open={Boolean(draft.startAt || draft.endAt || draft.limit)}>
        <summary className="cursor-pointer text-ink-2">Begin, end, number of runs</summary>
        <div className="grid grid-cols-3 items-start gap-3 pt-3 max-sm:grid-cols-1">
          <TextField
            label="Not before"
            type="datetime-local"
            value={draft.startAt}
            error={errors.startAt}
            onChange={(startAt) => set({ startAt })}
          />
          <TextField
            label="Not after"
            type="datetime-local"
            value={draft.endAt}
            error={errors.endAt}
            onChange={(endAt) => set({ endAt })}
          />
          <TextField
            label="Runs at most"
            inputMode="numeric"
            placeholder="no limit"
            value={draft.limit}
            error={errors.limit}
            onChange={(limit) => set({ limit })}
          />
        </div>
      </details>
    </>
  );
}
