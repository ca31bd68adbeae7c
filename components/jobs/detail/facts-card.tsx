'use client';

import { readJobOptions } from '@/components/jobs/detail/read-options';
import { PageLink } from '@/components/shell/nav/page-link';
import { Fact } from '@/components/ui/fact';
import { Ago, DayClock, Running } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { queueHref } from '@/lib/client/http/url';
import type { Job } from '@/lib/contracts/jobs';
import { formatBytes, formatCount, formatDuration } from '@/lib/format';

export function FactsCard({ job }: { job: Job }) {
  const { backoff } = readJobOptions(job.options);
  return (
    <section className="card" aria-label="Facts">
      <dl className="facts">
        <Fact name="Queue">
          <PageLink className="link" href={queueHref(job.source, job.queue)}>
            <Visible text={job.queue} />
          </PageLink>
        </Fact>
        <Fact name="Source">
          <Visible text={job.source} />
        </Fact>
        <Fact name="Attempts">
          {formatCount(job.attemptsMade)} of {formatCount(job.attempts)}
          {job.stalledCount > 0 && <span className="bad"> stalled {formatCount(job.stalledCount)}×</span>}
        </Fact>
        <Fact name="Priority">
          {job.priority === 0 ? <span className="faint">none</span> : formatCount(job.priority)}
        </Fact>
        <TimeFact name="Added" at={job.addedAt} />
        {job.state === 'delayed' && <TimeFact name="Due" at={job.runAt} />}
        <TimeFact name="Started" at={job.startedAt} />
        <TimeFact name="Finished" at={job.finishedAt} />
        <Fact name="Waited">{formatDuration(job.waitMs)}</Fact>
        <Fact name="Ran">
          {job.state === 'active' && job.startedAt ? <Running at={job.startedAt} /> : formatDuration(job.runMs)}
        </Fact>
        {job.addedBy && (
          <Fact name="Added by">
            <Visible text={job.addedBy} />
          </Fact>
        )}
        {job.idempotencyKey && (
          <Fact name="Idempotency">
            <span className="mono">
              <Visible text={job.idempotencyKey} />
            </span>
          </Fact>
        )}
        {job.deduplicationId && (
          <Fact name="Deduplication">
            <span className="mono">
              <Visible text={job.deduplicationId} />
            </span>
          </Fact>
        )}
        {job.schedulerId && (
          <Fact name="Scheduler">
            <span className="mono">
              <Visible text={job.schedulerId} />
            </span>
          </Fact>
        )}
        {backoff && <Fact name="Backoff">{backoff}</Fact>}
        {job.worker && (
          <Fact name="Worker">
            <Visible text={job.worker} />
          </Fact>
        )}
        <Fact name="Size">
          {formatBytes(job.data.sizeBytes)} in, {job.result ? formatBytes(job.result.sizeBytes) : 'nothing'} out
        </Fact>
      </dl>
    </section>
  );
}

function TimeFact({ name, at }: { name: string; at: string | null }) {
  if (!at) return null;
  return (
    <Fact name={name}>
      <DayClock at={at} />{' '}
      <span className="faint">
        <Ago at={at} />
      </span>
    </Fact>
  );
}
