'use client';

import { useState } from 'react';
import { describeRetry, describeUndo, isUndoable } from '@/components/jobs/consequences';
import { Confirm } from '@/components/ui/confirm';
import { SwitchField } from '@/components/ui/text-field';
import { Visible } from '@/components/ui/visible';
import { type JobAddress, useJob } from '@/lib/client/jobs';
import { JOB_ACTION_LABELS, type JobAction, type JobActionOptions } from '@/lib/client/run-job-action';
import type { Job } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import { formatPlural } from '@/lib/format';

interface AskActionProps {
  address: JobAddress;
  action: JobAction;
  /** As it was when it was asked for. */
  state: JobState;
  name: string;
  onConfirm: (options: JobActionOptions) => Promise<void> | void;
  onClose: () => void;
}

/** Asks before something is done to one job: what it means, and whether it can be undone. */
export function AskAction({ address, action, state, name, onConfirm, onClose }: AskActionProps) {
  const [withChildren, setWithChildren] = useState(true);
  const { data: job, error } = useJob(address);
  const isRemoval = action === 'job.remove';
  const leaves = isRemoval || (action === 'job.cancel' && state !== 'active');
  // A cancel takes the flow below a job with it.
  const isWhole = action === 'job.cancel' || withChildren;
  const children = isRemoval ? job?.children : null;
  return (
    <Confirm
      title={`${JOB_ACTION_LABELS[action]} this job?`}
      action={`${JOB_ACTION_LABELS[action]} it`}
      danger={action !== 'job.retry'}
      isPlain={action === 'job.retry' && state === 'failed'}
      blocked={leaves && !job && !error ? 'Looking whether it can be put back…' : null}
      onConfirm={() =>
        onConfirm({ children: withChildren, undoable: isRemoval && job !== undefined && isUndoable(job, isWhole) })
      }
      onClose={onClose}
    >
      <p className="mono m-0 [overflow-wrap:anywhere]">
        <Visible text={name} /> <Visible text={address.job} />
      </p>
      <p className="muted m-0">{describeAction(action, state)}</p>
      {leaves && <p className="muted m-0">{sayUndo(job, isWhole)}</p>}
      {children && (
        <SwitchField
          label={`Its ${formatPlural(children.total, 'child', 'children')} too, and theirs`}
          checked={withChildren}
          onChange={setWithChildren}
        />
      )}
    </Confirm>
  );
}

function describeAction(action: JobAction, state: JobState): string {
  if (action === 'job.retry') return describeRetry(state);
  if (action === 'job.remove') return 'It leaves the broker.';
  if (action === 'job.promote') return 'It runs as soon as a slot is free, not when it was due.';
  return state === 'active'
    ? 'It is asked to stop, ends as failed with the code "cancelled", and is not retried.'
    : 'It leaves the queue before it has begun. Should it have begun by then, it is asked to stop.';
}

const sayUndo = (job: Job | undefined, isWhole: boolean) =>
  job ? describeUndo(job, isWhole) : 'Whether it can be put back is not known yet.';
