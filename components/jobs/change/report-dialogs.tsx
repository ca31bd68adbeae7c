'use client';

import { useState } from 'react';
import { ChangeDialog } from '@/components/jobs/change/change-dialog';
import { useJobChange } from '@/components/jobs/change/use-job-change';
import { RawJsonField } from '@/components/tasks/form/raw-json-field';
import { TextField } from '@/components/ui/text-field';
import { call } from '@/lib/client/call';
import type { JobAddress } from '@/lib/client/jobs';
import { findJsonFault } from '@/lib/client/json/json-fault';
import type { Job } from '@/lib/contracts/jobs';
import { formatPlural } from '@/lib/format';

interface ReportDialogProps {
  address: JobAddress;
  job: Job;
  onClose: () => void;
}

const MOST_LINES = 1_000;

/** What a worker elsewhere would report by itself. */
export function AddLogDialog({ address, job, onClose }: ReportDialogProps) {
  const { run, busy, error } = useJobChange(address);
  const [text, setText] = useState('');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const save = async () => {
    const done = await run(async () => {
      await call('job.log', { ...address, body: { lines } });
      return `${formatPlural(lines.length, 'line')} added to the log`;
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title={`Add to the log of ${job.name}`}
      action="Add"
      busy={busy}
      error={error}
      blocked={
        lines.length === 0 ? 'Write a line.' : lines.length > MOST_LINES ? 'At most 1,000 lines at a time.' : null
      }
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <TextField
        label="Lines"
        rows={5}
        data-autofocus
        value={text}
        onChange={setText}
        hint="Each line becomes one of the log."
      />
    </ChangeDialog>
  );
}

export function ProgressDialog({ address, job, onClose }: ReportDialogProps) {
  const { run, busy, error } = useJobChange(address);
  const [text, setText] = useState(JSON.stringify(job.progress ?? 0, null, 2));
  const save = async () => {
    const done = await run(async () => {
      await call('job.progress', { ...address }, { rawBody: `{"progress":${text}}` });
      return 'The progress is set';
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title={`Progress of ${job.name}`}
      action="Set it"
      busy={busy}
      error={error}
      blocked={findJsonFault(text) ? 'This is not JSON yet.' : null}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <RawJsonField label="Progress: a number of percent, or an object" text={text} error={null} onChange={setText} />
    </ChangeDialog>
  );
}

export function ClearLogDialog({ address, job, onClose }: ReportDialogProps) {
  const { run, busy, error } = useJobChange(address);
  const [keep, setKeep] = useState('0');
  const number = /^\d{1,7}$/.test(keep.trim()) ? Number(keep) : null;
  const save = async () => {
    const done = await run(async () => {
      await call('job.clear-logs', { ...address, keep: number ?? 0 });
      return 'The log is cleared';
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title={`Clear the log of ${job.name}?`}
      action="Clear it"
      danger
      busy={busy}
      error={error}
      blocked={number === null ? 'A whole number.' : null}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <TextField label="Keep the newest lines" inputMode="numeric" value={keep} onChange={setKeep} />
      <p className="muted m-0">It has {formatPlural(job.logs, 'line')}. What is cleared is gone for good.</p>
    </ChangeDialog>
  );
}

/** Asks again where one call did not reach them all. */
export function RemoveChildrenDialog({ address, job, onClose }: ReportDialogProps) {
  const { run, busy, error } = useJobChange(address);
  const remove = async () => {
    const done = await run(async () => {
      let removed = 0;
      for (;;) {
        const answer = await call('job.remove-children', address);
        removed += answer.removed;
        if (answer.done || answer.removed === 0)
          return {
            title: `${formatPlural(removed, 'child', 'children')} removed`,
            ...(answer.left > 0
              ? { detail: `${formatPlural(answer.left, 'one', 'ones')} left: workers hold them.` }
              : {}),
          };
      }
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title="Remove its unprocessed children?"
      action="Remove them"
      danger
      busy={busy}
      error={error}
      onSubmit={() => void remove()}
      onClose={onClose}
    >
      <p className="m-0">
        Those of its {formatPlural(job.children?.total ?? 0, 'child', 'children')} that have not been processed leave
        the broker. Those that a worker holds stay.
      </p>
      <p className="muted m-0">This cannot be undone: the recycle bin keeps single jobs, not what hangs on one.</p>
    </ChangeDialog>
  );
}
