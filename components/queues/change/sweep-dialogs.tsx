'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { SweepDialog } from '@/components/queues/change/sweep-dialog';
import { STATE_LABELS } from '@/components/queues/state-labels';
import { SelectField, SwitchField, TextField } from '@/components/ui/text-field';
import { call } from '@/lib/client/call';
import type { Queue } from '@/lib/contracts/queues';
import { formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface ChangeProps {
  queue: Queue;
  onClose: () => void;
}

const CONFIRM_ABOVE = 1_000;
const BIN_NOTE = 'What is removed is kept in the recycle bin for a while.';

const toWhole = (text: string) => (/^[\d\s,.']+$/.test(text) ? Number(text.replaceAll(/\D/g, '')) : null);
const of = (queue: Queue) => ({ source: queue.source, queue: queue.name });

/** The guard by size: above 1,000 the number is typed. */
function CountGuard({ count, value, onChange }: { count: number; value: string; onChange: (value: string) => void }) {
  if (count <= CONFIRM_ABOVE) return null;
  return (
    <TextField
      label={
        <>
          There are {formatCount(count)} now. Type <b className="mono tnum select-all font-[600]">{count}</b> to confirm
        </>
      }
      inputMode="numeric"
      value={value}
      onChange={onChange}
    />
  );
}

export function DrainDialog({ queue, onClose }: ChangeProps) {
  const [delayed, setDelayed] = useState(false);
  const [typed, setTyped] = useState('');
  const { counts } = queue;
  // As it was when this was opened: what comes meanwhile does not change what is to be typed.
  const [fixed] = useState({ ready: (counts.waiting ?? 0) + (counts.prioritized ?? 0), delayed: counts.delayed ?? 0 });
  const count = fixed.ready + (delayed ? fixed.delayed : 0);
  return (
    <SweepDialog
      queue={queue}
      title={`Drain ${queue.name}?`}
      action="Drain it"
      blocked={count > CONFIRM_ABOVE && toWhole(typed) !== count ? `Type ${count} to confirm.` : null}
      step={() => call('queue.drain', { ...of(queue), body: { delayed } })}
      onClose={onClose}
    >
      <p className="m-0">
        {formatPlural(fixed.ready, 'job that waits leaves', 'jobs that wait leave')} the queue, and what comes while it
        is drained. Jobs that run, and the next runs of schedulers, stay. {BIN_NOTE}
      </p>
      <SwitchField label={`Delayed ones too (${formatCount(fixed.delayed)})`} checked={delayed} onChange={setDelayed} />
      <CountGuard count={count} value={typed} onChange={setTyped} />
    </SweepDialog>
  );
}

const CLEANED = ['completed', 'failed', 'waiting', 'prioritized', 'delayed', 'active'] as const;
const AGES = [
  { value: '0', label: 'of any age' },
  { value: '3600000', label: 'older than an hour' },
  { value: '86400000', label: 'older than a day' },
  { value: '604800000', label: 'older than a week' },
  { value: '2592000000', label: 'older than 30 days' },
];

export function CleanDialog({ queue, onClose }: ChangeProps) {
  const [state, setState] = useState<(typeof CLEANED)[number]>('completed');
  const [olderThanMs, setOlderThanMs] = useState('86400000');
  const [typed, setTyped] = useState('');
  const [counts] = useState(queue.counts);
  const count = counts[state] ?? 0;
  return (
    <SweepDialog
      queue={queue}
      title={`Clean ${queue.name}`}
      action={`Remove ${STATE_LABELS[state].toLowerCase()} jobs`}
      blocked={
        count === 0
          ? `No job is ${state}.`
          : count > CONFIRM_ABOVE && toWhole(typed) !== count
            ? `Type ${count} to confirm.`
            : null
      }
      step={(cursor) =>
        call('queue.clean', { ...of(queue), body: { state, olderThanMs: Number(olderThanMs), cursor } })
      }
      onClose={onClose}
    >
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <SelectField
          label="Which"
          value={state}
          options={CLEANED.map((each) => ({
            value: each,
            label: `${STATE_LABELS[each]} (${formatCount(counts[each])})`,
          }))}
          onChange={(value) => setState(CLEANED.find((each) => each === value) ?? 'completed')}
        />
        <SelectField label="Age" value={olderThanMs} options={AGES} onChange={setOlderThanMs} />
      </div>
      <p className="muted m-0">
        The age counts from the end of a job, or from when it was added. Jobs that a worker holds stay. {BIN_NOTE}
      </p>
      <CountGuard count={count} value={typed} onChange={setTyped} />
    </SweepDialog>
  );
}

export function ObliterateDialog({ queue, onClose }: ChangeProps) {
  const router = useRouter();
  const [typed, setTyped] = useState('');
  // Nobody can type what is not seen.
  const shown = toVisible(queue.name);
  return (
    <SweepDialog
      queue={queue}
      title={`Obliterate ${queue.name}?`}
      action="Obliterate it"
      blocked={typed === queue.name || typed === shown ? null : "Type the queue's name."}
      step={() => call('queue.obliterate', { ...of(queue), body: { confirm: queue.name } })}
      onDone={() => router.push('/queues')}
      onClose={onClose}
    >
      <p className="m-0">
        The queue goes with all its jobs, logs, schedulers and settings. The recycle bin does not keep them: this cannot
        be undone.
      </p>
      <TextField
        label={
          <>
            Type <b className="mono select-all font-[600] [overflow-wrap:anywhere]">{shown}</b> to confirm
          </>
        }
        value={typed}
        onChange={setTyped}
      />
    </SweepDialog>
  );
}

export function OrphansDialog({ queue, onClose }: ChangeProps) {
  return (
    <SweepDialog
      queue={queue}
      title={`Remove orphans of ${queue.name}?`}
      action="Remove orphans"
      what={['orphan', 'orphans']}
      step={(cursor) => call('queue.remove-orphans', { ...of(queue), body: cursor ? { cursor } : {} })}
      onClose={onClose}
    >
      <p className="m-0">
        Orphans are what is left of jobs that are in no state any more: a broker that evicted keys, or a worker of an
        older version, leaves them. They take memory and show nowhere.
      </p>
    </SweepDialog>
  );
}
