'use client';

import { fillBrokerLane } from '@/components/overview/lanes/broker-lane';
import { Lane, LaneRow, MOST_SHOWN } from '@/components/overview/lanes/lane';
import type { LaneItem } from '@/components/overview/lanes/lane-item';
import { fillQueueLanes } from '@/components/overview/lanes/queue-lanes';
import { HEALTH_LABELS, HEALTH_TONES } from '@/components/queues/health/health-words';
import { PageLink } from '@/components/shell/nav/page-link';
import { isLost } from '@/components/sources/source-status';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useRecorders } from '@/lib/client/metrics';
import { useQueues } from '@/lib/client/queues';
import { useSources } from '@/lib/client/sources';
import { ATTENTION_LANES, type AttentionLane } from '@/lib/contracts/states';
import { formatPlural } from '@/lib/format';

const NONE_OF: Record<AttentionLane | 'broker', string> = {
  failing: 'no queue is failing',
  stuck: 'none is stuck',
  paused: 'none is paused',
  broker: 'the brokers answer and are recorded',
};

/** What is wrong now, by kind: none hides another, and a queue that is several things stands in each. */
export function AttentionLanes() {
  const { data } = useQueues();
  const sources = useSources().data?.items;
  const records = useRecorders().data?.items;
  const isKnown = data !== undefined || sources !== undefined;
  const queues = data?.items ?? [];
  const lost = new Set(sources?.filter(({ status }) => isLost(status)).map(({ name }) => name));
  const ofQueues = fillQueueLanes(queues, lost);
  const broker = fillBrokerLane(queues, sources ?? [], records ?? []);
  const empty = [
    ...ATTENTION_LANES.filter((lane) => ofQueues[lane].length === 0),
    ...(broker.length === 0 ? (['broker'] as const) : []),
  ];
  return (
    <section className="card" aria-labelledby="attention-title">
      <h2 id="attention-title" className="sr-only">
        Needs attention
      </h2>
      {!isKnown && <SkeletonRows rows={3} columns={3} />}
      <div className="lanes">
        {ATTENTION_LANES.filter((lane) => ofQueues[lane].length > 0).map((lane) => (
          <Lane
            key={lane}
            title={HEALTH_LABELS[lane]}
            tone={HEALTH_TONES[lane]}
            of={ofQueues[lane].length === 1 ? 'queue' : 'queues'}
            items={ofQueues[lane]}
            atLeast={data?.nextCursor != null}
          >
            <MoreQueues lane={lane} count={ofQueues[lane].length - MOST_SHOWN} />
          </Lane>
        ))}
        {broker.length > 0 && (
          <Lane title="Broker" tone="" of={broker.length === 1 ? 'warning' : 'warnings'} items={broker} atLeast={false}>
            <MoreWarnings items={broker.slice(MOST_SHOWN)} />
          </Lane>
        )}
      </div>
      {isKnown && empty.length > 0 && <p className="folded">{sayNone(empty)}</p>}
    </section>
  );
}

function sayNone(empty: readonly (keyof typeof NONE_OF)[]): string {
  const said = empty.map((lane) => NONE_OF[lane]).join(', ');
  return empty.length === 4 ? `Nothing needs attention: ${said}.` : `Besides, ${said}.`;
}

function MoreQueues({ lane, count }: { lane: AttentionLane; count: number }) {
  if (count > 0)
    return (
      <PageLink href={`/queues?filter=${lane}`} className="more hover:underline">
        {formatPlural(count, `more ${lane} queue`)}
      </PageLink>
    );
  return lane === 'paused' ? <p className="more">Paused queues still take jobs</p> : null;
}

function MoreWarnings({ items }: { items: readonly LaneItem[] }) {
  if (items.length === 0) return null;
  return (
    <details>
      <summary className="more cursor-pointer">{formatPlural(items.length, 'more warning')}</summary>
      {items.map((item) => (
        <LaneRow key={item.id} item={item} />
      ))}
    </details>
  );
}
