'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { readTemplateOptions, startTiming, toTiming } from '@/components/schedulers/timing-draft';
import { TimingFields } from '@/components/schedulers/timing-fields';
import { listUnplaced, readFieldErrors } from '@/components/tasks/form/field-errors';
import { RawJsonField } from '@/components/tasks/form/raw-json-field';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { SelectField, TextField } from '@/components/ui/text-field';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { findJsonFault } from '@/lib/client/json/json-fault';
import { prettyJson } from '@/lib/client/json/json-text';
import { keys } from '@/lib/client/query-keys';
import { useQueues } from '@/lib/client/queues';
import { type SchedulerAddress, useScheduler } from '@/lib/client/schedulers';
import type { Scheduler } from '@/lib/contracts/schedulers';

interface SchedulerDialogProps {
  /** The one to edit; null makes a new one. */
  address: SchedulerAddress | null;
  /** The queue that a new one belongs to; null lets choose. */
  of: { source: string; queue: string } | null;
  onClose: () => void;
}

/** Reads what is edited before its fields stand, so that nothing typed is overwritten by a late answer. */
export function SchedulerDialog({ address, of, onClose }: SchedulerDialogProps) {
  const known = useScheduler(address);
  if (address === null) return <SchedulerForm scheduler={null} of={of} onClose={onClose} />;
  if (known.data) return <SchedulerForm scheduler={known.data} of={of} onClose={onClose} />;
  return (
    <Dialog title={`Edit ${address.scheduler}`} className="wide" onClose={onClose}>
      {known.error ? (
        <ProblemNotice title="It could not be read" detail={describeError(known.error)} />
      ) : (
        <p className="muted m-0">Reading it…</p>
      )}
    </Dialog>
  );
}

interface FormProps {
  scheduler: Scheduler | null;
  of: { source: string; queue: string } | null;
  onClose: () => void;
}

const PLACED = ['pattern', 'tz', 'everyMs', 'startAt', 'endAt', 'limit', 'template.name', 'scheduler'];

function SchedulerForm({ scheduler, of, onClose }: FormProps) {
  const client = useQueryClient();
  // Whatever the list below is told meanwhile, this edits what it was opened for.
  const [start] = useState(scheduler);
  const [where, setWhere] = useState(
    start ? JSON.stringify([start.source, start.queue]) : of ? JSON.stringify([of.source, of.queue]) : '',
  );
  const [id, setId] = useState(start?.id ?? '');
  const [timing, setTiming] = useState(() => startTiming(start, Intl.DateTimeFormat().resolvedOptions().timeZone));
  const [name, setName] = useState(start?.template?.name ?? '');
  const [data, setData] = useState(start?.template ? prettyJson(start.template.data.text) : '{}');
  const kept = readTemplateOptions(start?.template?.options);
  const [attempts, setAttempts] = useState(kept.attempts === undefined ? '' : String(kept.attempts));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const errors = readFieldErrors(error, '');
  const unplaced = listUnplaced(errors, (path) => PLACED.includes(path));
  const isWhole = start === null || start.template?.data.truncated === false;
  const times = toTiming(timing);
  const blocked = !where
    ? 'Choose the queue.'
    : !id.trim()
      ? 'It needs an id.'
      : !times
        ? 'Say when it runs.'
        : !name.trim()
          ? 'The jobs need a name.'
          : findJsonFault(data)
            ? 'The data is not JSON yet.'
            : isWhole
              ? null
              : 'Its data is too large to be edited here.';

  const save = async () => {
    if (blocked || busy || !times) return;
    const [source = '', queue = ''] = JSON.parse(where) as string[];
    const options = { ...kept, ...(/^\d+$/.test(attempts.trim()) ? { attempts: Number(attempts) } : {}) };
    setBusy(true);
    setError(null);
    try {
      const text = JSON.stringify(times);
      const template = `{"name":${JSON.stringify(name.trim())},"data":${data},"options":${JSON.stringify(options)}}`;
      await call(
        'scheduler.put',
        { source, queue, scheduler: id.trim() },
        { rawBody: `${text.slice(0, -1)},"template":${template}}` },
      );
      void client.invalidateQueries({ queryKey: keys.allSchedulers() });
      showToast({ tone: 'done', title: start ? `${id} is changed` : `${id} is planned` });
      onClose();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <Dialog
      title={start ? `Edit ${start.id}` : 'New scheduler'}
      className="wide"
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Change nothing</Button>
          <Button look="primary" type="submit" busy={busy} blocked={blocked}>
            {start ? 'Save' : 'Create'}
          </Button>
        </>
      }
    >
      {Boolean(error) && (
        <ProblemNotice
          title={error instanceof ProblemError ? error.title : 'Nothing was changed'}
          detail={[error instanceof ProblemError ? error.detail : describeError(error), ...unplaced].join(' ')}
        />
      )}
      {start?.paused && (
        <p className="muted m-0">It is paused, and stays so: the new schedule counts when it is resumed.</p>
      )}
      <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
        {start ? (
          <TextField label="Id" value={id} readOnly onChange={setId} />
        ) : (
          <TextField
            label="Id"
            maxLength={512}
            data-autofocus
            value={id}
            error={errors.scheduler}
            hint="An id that exists is replaced."
            onChange={setId}
          />
        )}
        <WhereField where={where} fixed={start !== null || of !== null} onChange={setWhere} />
      </div>
      <TimingFields draft={timing} errors={errors} onChange={setTiming} />
      <div className="grid grid-cols-[2fr_1fr] items-start gap-3">
        <TextField
          label="Name of the jobs"
          maxLength={256}
          value={name}
          error={errors['template.name']}
          onChange={setName}
        />
        <TextField label="Attempts" inputMode="numeric" placeholder="1" value={attempts} onChange={setAttempts} />
      </div>
      <RawJsonField label="Data of the jobs" text={data} error={null} onChange={setData} />
    </Dialog>
  );
}

interface WhereFieldProps {
  where: string;
  fixed: boolean;
  onChange: (where: string) => void;
}

function WhereField({ where, fixed, onChange }: WhereFieldProps) {
  const queues = useQueues().data?.items ?? [];
  if (fixed)
    return <TextField label="Queue" value={(JSON.parse(where) as string[]).join(' / ')} readOnly onChange={() => {}} />;
  const many = new Set(queues.map(({ source }) => source)).size > 1;
  return (
    <SelectField
      label="Queue"
      value={where}
      options={[
        { value: '', label: 'Choose one' },
        ...queues.map(({ source, name }) => ({
          value: JSON.stringify([source, name]),
          label: many ? `${source} / ${name}` : name,
        })),
      ]}
      onChange={onChange}
    />
  );
}
