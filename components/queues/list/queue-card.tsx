'use client';

import { useMemo } from 'react';
import { matchesFilter, matchesName, type Periods, queueKey, sortQueues } from '@/components/queues/list/choose-queues';
import { NoQueue, NothingFits } from '@/components/queues/list/no-queue';
import { HealthFilters, NameFilter, SortSelect } from '@/components/queues/list/queue-filters';
import { QueueTable } from '@/components/queues/list/queue-table';
import { type QueuesAddress, readQueuesAddress } from '@/components/queues/list/queues-address';
import { useHeldOrder } from '@/components/queues/list/use-held-order';
import { isLost } from '@/components/sources/source-status';
import { Button } from '@/components/ui/button';
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

/** All queues, by `?filter=`, `?name=`, `?sort=` and `?dir=`. `titled`: on a page that is not called the same. */
export function QueueCard({ titled = true }: { titled?: boolean }) {
  const { data, error, refetch } = useQueues();
  const { params } = useParams();
  const address = readQueuesAddress(params);
  const summary = useSummary({}, readRange(params)).data;
  const periods = useMemo(
    () => new Map(summary?.queues.map((period) => [queueKey({ source: period.source, name: period.queue }), period])),
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
      {titled ? (
        <header>
          <h2 id="queues-title">Queues</h2>
          <div className="r">{data && <span className="tnum">{countQueues(data)}</span>}</div>
        </header>
      ) : (
        <h2 id="queues-title" className="sr-only">
          Queues
        </h2>
      )}
      {data ? <QueueRows list={data} address={address} periods={periods} /> : <SkeletonRows rows={6} columns={7} />}
    </section>
  );
}

function countQueues(list: SeenQueueList): string {
  return list.nextCursor ? `${formatCount(list.items.length, true)} queues` : formatPlural(list.items.length, 'queue');
}

interface QueueRowsProps {
  list: SeenQueueList;
  address: QueuesAddress;
  periods: Periods;
}

function QueueRows({ list, address, periods }: QueueRowsProps) {
  const sources = useSources().data?.items;
  const lost = useMemo(
    () => new Set(sources?.filter(({ status }) => isLost(status)).map(({ name }) => name)),
    [sources],
  );
  const { name, filter, sort, dir } = address;
  const named = name ? list.items.filter((queue) => matchesName(queue, name)) : list.items;
  const fresh = sortQueues(
    filter === 'all' ? named : named.filter((one) => matchesFilter(one, filter)),
    address,
    periods,
  );
  const order = useHeldOrder(fresh, queueKey, JSON.stringify([name, filter, sort, dir]));
  const showSource = new Set(list.items.map((queue) => queue.source)).size > 1;
  if (list.items.length === 0) return <NoQueue />;
  return (
    <>
      <div className="filterbar">
        <NameFilter name={name} />
        <HealthFilters queues={named} filter={filter} />
        <SortSelect address={address} showSource={showSource} />
        {order.isStale && (
          <Button small look="ghost" className="ml-auto" onClick={order.settle}>
            Order has changed: sort again
          </Button>
        )}
      </div>
      {order.items.length > 0 ? (
        <QueueTable
          queues={order.items}
          address={address}
          asOf={list.asOf}
          showSource={showSource}
          lost={lost}
          periods={periods}
          onHold={order.hold}
        />
      ) : (
        <NothingFits address={address} />
      )}
    </>
  );
}
