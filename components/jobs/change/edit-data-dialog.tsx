'use client';

import { useEffect, useState } from 'react';
import { ChangeDialog } from '@/components/jobs/change/change-dialog';
import { useJobChange } from '@/components/jobs/change/use-job-change';
import { RawJsonField } from '@/components/tasks/form/raw-json-field';
import { SwitchField } from '@/components/ui/text-field';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import type { JobAddress } from '@/lib/client/jobs';
import { findJsonFault } from '@/lib/client/json/json-fault';
import { prettyJson } from '@/lib/client/json/json-text';
import type { Job } from '@/lib/contracts/jobs';

interface EditDataDialogProps {
  address: JobAddress;
  job: Job;
  /** Put it back in the same step. */
  retry: boolean;
  onClose: () => void;
}

const TOO_LARGE = 'It is too large to be read whole, so it cannot be edited here.';

/** The data as text: what is not touched stays digit for digit as it was. */
export function EditDataDialog({ address, job, retry, onClose }: EditDataDialogProps) {
  const { run, busy, error } = useJobChange(address);
  const [text, setText] = useState<string | null>(job.data.truncated ? null : prettyJson(job.data.text));
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const [resetAttempts, setResetAttempts] = useState(true);
  const { source, queue, job: id } = address;
  useEffect(() => {
    if (!job.data.truncated) return;
    const stop = new AbortController();
    call('job.get', { source, queue, job: id, raw: '1' }, { signal: stop.signal }).then(
      ({ data }) => (data.truncated ? setUnreadable(TOO_LARGE) : setText(data.text)),
      (failure: unknown) => {
        if (!stop.signal.aborted) setUnreadable(`The whole data could not be read: ${describeError(failure)}`);
      },
    );
    return () => stop.abort();
  }, [job.data.truncated, source, queue, id]);
  const save = async () => {
    if (text === null) return;
    const done = await run(async () => {
      if (!retry) {
        await call('job.edit', { ...address, body: { text } });
        return 'The data is changed';
      }
      await call('job.retry', { ...address, body: { text, resetAttempts } });
      return 'Put back with the new data';
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title={retry ? `Edit the data of ${job.name} and retry` : `Edit the data of ${job.name}`}
      action={retry ? 'Save and retry' : 'Save'}
      wide
      busy={busy}
      error={error}
      blocked={
        unreadable ??
        (text === null ? 'The whole data is being read.' : findJsonFault(text) ? 'This is not JSON yet.' : null)
      }
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {text === null ? (
        <p className="muted m-0">{unreadable ?? 'Reading the whole data…'}</p>
      ) : (
        <RawJsonField label="Data" text={text} error={null} onChange={setText} />
      )}
      {retry && (
        <SwitchField
          label="Count its attempts from zero"
          checked={resetAttempts}
          onChange={setResetAttempts}
          hint={`It has used ${job.attemptsMade} of ${job.attempts}. Data and state change in one step.`}
        />
      )}
    </ChangeDialog>
  );
}
