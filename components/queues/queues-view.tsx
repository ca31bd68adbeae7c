'use client';

import { QueueCard } from '@/components/queues/list/queue-card';
import { countReady } from '@/components/queues/ready';
import { useParams } from '@/components/ui/use-param';
import { useSummary } from '@/lib/client/metrics';
import { useQueues } from '@/lib/client/queues';
import { readRange } from '@/lib/client/range';
import type { Queue } from '@/lib/contracts/queues';
import { formatCount } from '@/lib/format';

export function QueuesView() {
  const { params } = useParams();
  const queues = useQueues().data?.items;
  const finished = useSummary({}, readRange(params)).data?.now.finishedPerMinute;
  return (
    <div className="page">
      <div className="head">
        <h1>Queues</h1>
        {queues && <span className="muted tnum">{sumUp(queues, finished)}</span>}
      </div>
      <QueueCard titled={false} />
    </div>
  );
}

function sumUp(queues: readonly Queue[], finished: number | null | undefined): string {
  const sum = (read: (queue: Queue) => number | null | undefined) =>
    queues.reduce((total, queue) => total + (read(queue) ?? 0), 0);
  const parts = [`${formatCount(sum(countReady))} ready`, `${formatCount(sum(({ counts }) => counts.active))} active`];
  if (finished != null) parts.push(`${formatCount(Math.round(finished))} finished / min`);
  return parts.join(' · ');
}
