'use client';

import { useState } from 'react';
import { ChangeDialog } from '@/components/jobs/change/change-dialog';
import { useJobChange } from '@/components/jobs/change/use-job-change';
import { SelectField, SwitchField, TextField } from '@/components/ui/text-field';
import { call } from '@/lib/client/call';
import type { JobAddress } from '@/lib/client/jobs';
import type { Job } from '@/lib/contracts/jobs';

interface OrderDialogProps {
  address: JobAddress;
  job: Job;
  onClose: () => void;
}

export function PriorityDialog({ address, job, onClose }: OrderDialogProps) {
  const { run, busy, error } = useJobChange(address);
  const [priority, setPriority] = useState(String(job.priority));
  const [lifo, setLifo] = useState(false);
  const number = /^\d{1,7}$/.test(priority.trim()) ? Number(priority) : null;
  const save = async () => {
    if (number === null) return;
    const done = await run(async () => {
      await call('job.prioritize', { ...address, body: { priority: number, lifo } });
      return number === 0 ? 'It has no priority now' : `Its priority is ${number} now`;
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title={`Priority of ${job.name}`}
      action="Change it"
      busy={busy}
      error={error}
      blocked={number === null || number > 2_097_151 ? 'A whole number from 0 to 2,097,151.' : null}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <TextField
        label="Priority"
        inputMode="numeric"
        data-autofocus
        value={priority}
        onChange={setPriority}
        hint="1 runs first, larger numbers later. 0 is none: those run before all that have one."
      />
      <SwitchField label="Before others of the same priority" checked={lifo} onChange={setLifo} />
    </ChangeDialog>
  );
}

const UNITS = [
  { value: '1000', label: 'seconds' },
  { value: '60000', label: 'minutes' },
  { value: '3600000', label: 'hours' },
  { value: '86400000', label: 'days' },
];

/** From now, or at a time in the reader's zone. */
export function DelayDialog({ address, job, onClose }: OrderDialogProps) {
  const { run, busy, error } = useJobChange(address);
  const [mode, setMode] = useState<'in' | 'at'>('at');
  const [amount, setAmount] = useState('10');
  const [unit, setUnit] = useState('60000');
  const [at, setAt] = useState(() => toLocal(job.runAt ?? new Date().toISOString()));
  const atMs = new Date(at).getTime();
  const delayMs = Math.round(Number(amount) * Number(unit));
  const isReady = mode === 'at' ? !Number.isNaN(atMs) : amount.trim() !== '' && delayMs >= 0;
  const save = async () => {
    const body = mode === 'at' ? { runAt: new Date(atMs).toISOString() } : { delayMs };
    const done = await run(async () => {
      await call('job.reschedule', { ...address, body });
      return 'It runs at another time now';
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title={`When ${job.name} runs`}
      action="Change it"
      busy={busy}
      error={error}
      blocked={isReady ? null : 'Say when.'}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <SelectField
        label="When"
        value={mode}
        options={[
          { value: 'at', label: 'At a time' },
          { value: 'in', label: 'In a while, from now' },
        ]}
        onChange={(value) => setMode(value === 'at' ? 'at' : 'in')}
      />
      {mode === 'at' ? (
        <TextField
          label="Time"
          type="datetime-local"
          step={1}
          value={at}
          onChange={setAt}
          hint="In your time zone. What is past means now."
        />
      ) : (
        <div className="grid grid-cols-2 gap-3">
          <TextField label="Amount" inputMode="decimal" value={amount} onChange={setAmount} />
          <SelectField label="Unit" value={unit} options={UNITS} onChange={setUnit} />
        </div>
      )}
    </ChangeDialog>
  );
}

function toLocal(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
