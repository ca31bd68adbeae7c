'use client';

import { useState } from 'react';
import { Confirm } from '@/components/ui/confirm';
import { SelectField, TextField } from '@/components/ui/text-field';
import { Visible } from '@/components/ui/visible';
import { nameWorker } from '@/components/workers/name-worker';
import type { WorkerRow } from '@/lib/contracts/workers';
import { formatPlural } from '@/lib/format';

const GRACES = [
  { value: '0', label: 'none: abort them at once' },
  { value: '30000', label: '30 seconds' },
  { value: '120000', label: '2 minutes' },
  { value: '600000', label: '10 minutes' },
  { value: '3600000', label: 'an hour' },
];

interface StopDialogProps {
  worker: WorkerRow;
  onStop: (graceMs: number) => Promise<void>;
  onClose: () => void;
}

export function StopDialog({ worker, onStop, onClose }: StopDialogProps) {
  const [grace, setGrace] = useState('30000');
  return (
    <Confirm
      title="Stop this worker?"
      action="Stop it"
      danger
      onConfirm={() => onStop(Number(grace))}
      onClose={onClose}
    >
      <p className="mono m-0 [overflow-wrap:anywhere]">
        <Visible text={nameWorker(worker)} />
      </p>
      <p className="muted m-0">
        It takes no more jobs. {formatPlural(worker.busy ?? 0, 'job that runs', 'jobs that run')} may go on for the
        grace; then they are aborted, and count as failed attempts. The process ends, and comes back only if something
        starts it.
      </p>
      <SelectField label="Grace for what runs" value={grace} options={GRACES} onChange={setGrace} />
    </Confirm>
  );
}

interface ConcurrencyDialogProps {
  worker: WorkerRow;
  onSet: (queue: string, concurrency: number) => Promise<void>;
  onClose: () => void;
}

export function ConcurrencyDialog({ worker, onSet, onClose }: ConcurrencyDialogProps) {
  const lanes = worker.lanes ?? worker.queues.map((queue) => ({ queue, slots: worker.slots ?? 1 }));
  const [queue, setQueue] = useState(lanes[0]?.queue ?? '');
  const now = lanes.find((lane) => lane.queue === queue)?.slots;
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(now ?? 1);
  const concurrency = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
  const isFit = concurrency >= 1 && concurrency <= 1000;
  return (
    <Confirm
      title={`How many at once on ${nameWorker(worker)}`}
      action="Change it"
      blocked={isFit ? null : 'A whole number from 1 to 1,000.'}
      onConfirm={() => onSet(queue, concurrency)}
      onClose={onClose}
    >
      {lanes.length > 1 && (
        <SelectField
          label="Of queue"
          value={queue}
          options={lanes.map((lane) => ({ value: lane.queue, label: lane.queue }))}
          onChange={(next) => {
            setQueue(next);
            setTyped(null);
          }}
        />
      )}
      <TextField
        label="Jobs at once"
        inputMode="numeric"
        value={text}
        hint="Until the process ends; then its own setting counts again."
        onChange={setTyped}
      />
    </Confirm>
  );
}
