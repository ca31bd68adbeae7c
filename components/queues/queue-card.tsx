'use client';

import { useMemo } from 'react';
import { matchesFilter, QUEUE_FILTERS, type QueueFilter, readQueueFilter } from '@/components/queues/queue-health';
import { type QueuePeriod, QueueTable } from '@/components/queues/queue-table';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { useOrigin } from '@/components/ui/now';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { describeError } from '@/lib/client/http/problem-error';
import type { SeenQueueList } from '@/lib/client/live/apply-frame';
import { useSummary } from '@/lib/client/metrics';
import { useQueues } from '@/lib/client/queues';
import { readRange } from '@/lib/client/range';
import { useSources } from '@/lib/client/sources';
import { formatCount, formatPlural } from '@/lib/format';

/** All queues, filtered by `?show=`. `titled`: on a page that is not called the same. */
export function QueueCard({ titled = true }: { titled?: boolean }) {
  const { data, error, refetch } = useQueues();
  const { params, linkTo } = useParams();
  const filter = readQueueFilter(params.get('show'));
  const summary = useSummary({}, readRange(params)).data;
  const periods = useMemo(
    () => new Map(summary?.queues.map((period) => [`${period.source}/${period.queue}`, period])),
    [summary],
  );
  if (!data && error)
    return (
      <ProblemNotice title="The queues could not be read" detail={describeError(error)}>
        <Button small onClick={() => void refetch()}>
          Try again
        </Button>
      </ProblemNotice>
    );
  return (
    <section className="card" aria-labelledby="queues-title">
      <header className="flex-wrap">
        <h2 id="queues-title" className={titled ? '' : 'sr-only'}>
          Queues
        </h2>
        <div className="r">
          {data && <span className="tnum max-sm:hidden">{countQueues(data)}</span>}
          <nav className="seg" aria-label="Filter queues">
            {QUEUE_FILTERS.map(({ id, label }) => (
              <a
                key={id}
                {...linkTo({ show: id === 'all' ? null : id })}
                aria-current={id === filter ? 'true' : undefined}
              >
                {label}
              </a>
            ))}
          </nav>
        </div>
      </header>
      {data ? <QueueRows list={data} filter={filter} periods={periods} /> : <SkeletonRows rows={6} columns={7} />}
    </section>
  );
}

function countQueues(list: SeenQueueList): string {
  return list.nextCursor ? `${formatCount(list.items.length, true)} queues` : formatPlural(list.items.length, 'queue');
}

const NONE: Record<Exclude<QueueFilter, 'all'>, string> = {
  'backed-up': 'No queue is backed up: none has a job that waited for a minute, or jobs and no worker.',
  failing: 'No queue holds a failed job.',
  paused: 'No queue is paused.',
};

interface QueueRowsProps {
  list: SeenQueueList;
  filter: QueueFilter;
  periods: ReadonlyMap<string, QueuePeriod>;
}

function QueueRows({ list, filter, periods }: QueueRowsProps) {
  const queues = list.items.filter((queue) => matchesFilter(queue, filter));
  const showSource = new Set(list.items.map((queue) => queue.source)).size > 1;
  if (queues.length > 0)
    return <QueueTable queues={queues} asOf={list.asOf} showSource={showSource} periods={periods} />;
  if (filter !== 'all') return <Empty title={NONE[filter]} />;
  return <NoQueue />;
}

function NoQueue() {
  const origin = useOrigin();
  const sources = useSources().data?.items ?? [];
  const [worked, watched] = [sources.find(({ worker }) => worker !== null), sources[0]];
  // A task where its worker is; else a job as any client would add it.
  const [path, body] = worked
    ? ['tasks/send-welcome-email', '{"input":{"to":"ada@example.com","name":"Ada"}}']
    : [`queues/${watched?.name ?? 'default'}/emails/jobs`, '{"name":"hello","data":{"to":"ada@example.com"}}'];
  return (
    <Empty title="No queue yet">
      <span>
        A queue appears as soon as a job is added to it, or a worker listens to it. Add the first{' '}
        {worked ? 'from Tasks, or ' : ''}by REST:
      </span>
      <pre>{`curl -X POST ${origin}/api/v1/${path} \\
  -H 'content-type: application/json' \\
  -d '${body}'`}</pre>
    </Empty>
  );
}
