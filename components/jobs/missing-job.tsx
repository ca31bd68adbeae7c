'use client';

import { lazy, Suspense } from 'react';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { Visible } from '@/components/ui/visible';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { queueHref } from '@/lib/client/http/url';
import type { JobAddress } from '@/lib/client/jobs';
import { useRecordedJob } from '@/lib/client/search';
import type { Job } from '@/lib/contracts/jobs';

const RecordedJobView = lazy(() =>
  import('@/components/jobs/recorded/recorded-job').then((file) => ({ default: file.RecordedJobView })),
);

interface MissingJobProps {
  address: JobAddress;
  /** As it was last seen. */
  last: Job | undefined;
  error: unknown;
  problem: { title: string; detail: string } | null;
  onRetry: () => void;
}

/** A job that left while it was looked at, or that could not be read. */
export function MissingJob({ address, last, error, problem, onRetry }: MissingJobProps) {
  const isGone = error instanceof ProblemError && error.status === 404;
  const failure = error instanceof ProblemError ? error : problem;
  const recorded = useRecordedJob(address, true).data;
  if (recorded && (isGone || problem !== null || !last))
    return (
      <Suspense fallback={<div className="page" />}>
        <RecordedJobView
          job={isGone ? { ...recorded, inBroker: false } : recorded}
          problem={isGone ? null : (failure?.detail ?? (error ? describeError(error) : null))}
        />
      </Suspense>
    );
  const title = isGone ? 'This job is no longer in the broker' : (failure?.title ?? 'This job could not be read');
  const detail = isGone
    ? 'It was removed: by someone, by a cancel before it began, or by its own retention setting when it ended.'
    : (failure?.detail ?? (error ? describeError(error) : undefined));
  return (
    <div className="page">
      <div className="head">
        <h1 className="clip">
          <Visible text={last?.name ?? address.job} />
        </h1>
        <span className="mono muted clip">
          <Visible text={address.queue} />:<Visible text={address.job} />
        </span>
      </div>
      <ProblemNotice title={title} detail={detail}>
        <PageLink className="btn sm" href={queueHref(address.source, address.queue)}>
          Open queue
        </PageLink>
        <Button small onClick={onRetry}>
          Look again
        </Button>
      </ProblemNotice>
    </div>
  );
}
