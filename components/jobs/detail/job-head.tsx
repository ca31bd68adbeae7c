'use client';

import { lazy, Suspense, useState } from 'react';
import { JobMenu } from '@/components/jobs/change/job-menu';
import { STATE_LABELS } from '@/components/queues/state-labels';
import { Pill } from '@/components/queues/state-mark';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Visible } from '@/components/ui/visible';
import { buildRequest } from '@/lib/client/http/url';
import type { JobAddress } from '@/lib/client/jobs';
import {
  JOB_ACTION_LABELS,
  JOB_ACTIONS,
  type JobAction,
  type JobActionOptions,
  mustAsk,
} from '@/lib/client/run-job-action';
import type { Job } from '@/lib/contracts/jobs';
import { formatBytes } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const RetryFlow = lazy(() => import('@/components/flows/retry-flow').then((file) => ({ default: file.RetryFlow })));
const AskAction = lazy(() =>
  import('@/components/jobs/change/ask-action').then((file) => ({ default: file.AskAction })),
);

interface JobHeadProps {
  address: JobAddress;
  job: Job;
  busy: JobAction | null;
  onAction: (action: JobAction, options?: JobActionOptions) => Promise<void>;
}

export function JobHead({ address, job, busy, onAction }: JobHeadProps) {
  const [asked, setAsked] = useState<JobAction | null>(null);
  const close = () => setAsked(null);
  const choose = (action: JobAction) => (mustAsk(action, job.state) ? setAsked(action) : void onAction(action));
  return (
    <div className="head">
      <h1 className="clip" title={toVisible(job.name)}>
        <Visible text={job.name} />
      </h1>
      <span className="mono muted clip max-w-[60ch]" title={toVisible(job.id)}>
        <Visible text={job.queue} />:<Visible text={job.id} />
      </span>
      <Pill tone={job.state}>{describeState(job)}</Pill>
      <div className="acts">
        {job.file && (
          <a className="btn primary" href={buildRequest('job.file', { ...address }).url} download={job.file.name}>
            Download{' '}
            <span className="clip max-w-40">
              <Visible text={job.file.name} />
            </span>{' '}
            <span className="opacity-80">{formatBytes(job.file.sizeBytes)}</span>
          </a>
        )}
        {JOB_ACTIONS.filter((action) => isOffered(action, job)).map((action) => (
          <Button
            key={action}
            look={action === 'job.cancel' || action === 'job.remove' ? 'danger' : 'plain'}
            busy={busy === action}
            blocked={job.can.includes(action) ? null : (job.cannot[action] ?? 'Not possible now')}
            onClick={() => choose(action)}
          >
            {JOB_ACTION_LABELS[action]}
          </Button>
        ))}
        <Suspense>{job.children && <RetryFlow address={address} />}</Suspense>
        <JobMenu address={address} job={job} />
      </div>
      <Suspense fallback={<DialogComing onClose={close} />}>
        {asked && (
          <AskAction
            address={address}
            action={asked}
            state={job.state}
            name={job.name}
            onConfirm={(options) => onAction(asked, options)}
            onClose={close}
          />
        )}
      </Suspense>
    </div>
  );
}

/** Promote only concerns what is delayed, cancel what has not ended, retry what has; remove is always there, or says why not. */
function isOffered(action: JobAction, { state, can }: Job): boolean {
  if (can.includes(action) || action === 'job.remove') return true;
  const hasEnded = state === 'completed' || state === 'failed';
  if (action === 'job.cancel') return !hasEnded;
  return action === 'job.retry' && hasEnded;
}

function describeState({ state, attemptsStarted, attempts, attemptsMade }: Job): string {
  if (state === 'active' && attempts > 1)
    return `Active · attempt ${Math.max(1, attemptsStarted, attemptsMade)} of ${attempts}`;
  return STATE_LABELS[state];
}
