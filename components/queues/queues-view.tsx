'use client';

import { QueueCard } from '@/components/queues/list/queue-card';
import { countReady } from '@/components/queues/ready';
import { useQueues } from '@/lib/client/queues';
import { formatCount } from '@/lib/format';

export function QueuesView() {
  const queues = useQueues().data?.items;
  const ready = queues?.reduce((sum, queue) => sum + (countReady(queue) ?? 0), 0);
  const active = queues?.reduce((sum, queue) => sum + (queue.counts.active ?? 0), 0);
  return (
    <div className="page">
      <div className="head">
        <h1>Queues</h1>
        {queues && (
          <span className="muted tnum">
            {formatCount(ready)} ready · {formatCount(active)} active
          </span>
        )}
      </div>
      <QueueCard titled={false} />
    </div>
  );
}
