'use client';

import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { CompareCard } from '@/components/jobs/detail/compare-card';
import { ErrorCard } from '@/components/jobs/detail/error-card';
import { FactsCard } from '@/components/jobs/detail/facts-card';
import { JobHead } from '@/components/jobs/detail/job-head';
import { JobWhyLine } from '@/components/jobs/detail/job-why-line';
import { PayloadCard } from '@/components/jobs/detail/payload-card';
import { ProgressCard } from '@/components/jobs/detail/progress-card';
import { TimelineCard } from '@/components/jobs/detail/timeline-card';
import { LogCard } from '@/components/jobs/log/log-card';
import { putBack } from '@/components/jobs/put-back';
import { readSeenJob, showOutcome } from '@/components/jobs/show-outcome';
import { showToast } from '@/components/ui/toast/toast-store';
import { UnreadableNote } from '@/components/ui/unreadable-note';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { type JobAddress, useJob } from '@/lib/client/jobs';
import { jobTopic } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';
import { keys } from '@/lib/client/query-keys';
import { JOB_ACTION_LABELS, type JobAction, type JobActionOptions, runJobAction } from '@/lib/client/run-job-action';
import { useJobRuns } from '@/lib/client/search';

// What few jobs have comes with them.
const CancelNotice = lazy(() =>
  import('@/components/jobs/detail/cancel-notice').then((file) => ({ default: file.CancelNotice })),
);
const FlowCard = lazy(() => import('@/components/jobs/detail/flow-card').then((file) => ({ default: file.FlowCard })));
const MissingJob = lazy(() => import('@/components/jobs/missing-job').then((file) => ({ default: file.MissingJob })));

interface JobViewProps {
  address: JobAddress;
  problem: { title: string; detail: string } | null;
}

export function JobView({ address, problem }: JobViewProps) {
  const client = useQueryClient();
  const { data: job, error, refetch } = useJob(address);
  const runs = useJobRuns(address, job);
  const [busy, setBusy] = useState<JobAction | null>(null);
  const [note, setNote] = useState<string | null>(null);
  useTopic(jobTopic(address.source, address.queue, address.job));

  const act = async (action: JobAction, options?: JobActionOptions) => {
    setBusy(action);
    const before = readSeenJob(client, address);
    let isOut = false;
    try {
      const outcome = await runJobAction(action, address, options);
      setNote(outcome.note);
      isOut = outcome.state === null;
      showOutcome(client, address, outcome, before);
      const { binEntry } = outcome;
      showToast({
        tone: 'done',
        title: outcome.done,
        detail: outcome.note ?? undefined,
        action: binEntry === null ? undefined : { label: 'Undo', run: () => void putBack(client, address, binEntry) },
      });
    } catch (failure) {
      showToast({ tone: 'failed', title: `${JOB_ACTION_LABELS[action]} did not work`, detail: describeError(failure) });
    }
    const read = client.invalidateQueries({ queryKey: keys.job(address.source, address.queue, address.job) });
    // Of one that is gone nothing is to be seen any more; the way back is in the message.
    if (!isOut) await read;
    setBusy(null);
  };
  // A read that failed for another reason keeps what was known: the banner says that the broker is away.
  const isGone = error instanceof ProblemError && error.status === 404;
  if (!job || isGone)
    return (
      <Suspense fallback={<div className="page" />}>
        <MissingJob address={address} last={job} error={error} problem={problem} onRetry={() => void refetch()} />
      </Suspense>
    );
  return (
    <div className="page">
      <JobHead address={address} job={job} busy={busy} onAction={act} />
      <JobWhyLine address={address} state={job.state} />
      <UnreadableNote why={job.unreadable} />
      {job.cancel && job.state === 'active' && (
        <Suspense>
          <CancelNotice cancel={job.cancel} note={note} />
        </Suspense>
      )}
      <div className="jobgrid">
        <div className="col">
          <TimelineCard job={job} runs={runs} />
          <ProgressCard address={address} job={job} />
          {job.error && <ErrorCard job={job} error={job.error} group={runs?.group ?? null} />}
          <LogCard address={address} state={job.state} />
          <div className={job.result ? 'two' : ''}>
            <PayloadCard address={address} title="Data" payload={job.data} />
            {job.result && <PayloadCard address={address} title="Result" payload={job.result} />}
          </div>
        </div>
        <div className="col">
          <FactsCard job={job} />
          <CompareCard job={job} />
          {(job.parent || job.children) && (
            <Suspense fallback={null}>
              <FlowCard job={job} />
            </Suspense>
          )}
          <PayloadCard address={address} title="Options" payload={toPayload(job.options)} />
        </div>
      </div>
    </div>
  );
}

function toPayload(value: unknown) {
  const text = JSON.stringify(value) ?? 'null';
  return { text, sizeBytes: new TextEncoder().encode(text).length, truncated: false };
}
