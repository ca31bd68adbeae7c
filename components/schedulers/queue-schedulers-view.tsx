'use client';

import { QueueHead } from '@/components/queues/queue-head';
import { QueueWhyLine } from '@/components/queues/queue-why-line';
import { StateTabs } from '@/components/queues/state-tabs';
import { SchedulersCard } from '@/components/schedulers/schedulers-card';
import { queueTopic } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';
import { useQueue } from '@/lib/client/queues';

/** The tab of a queue. */
export function QueueSchedulersView({ source, queue }: { source: string; queue: string }) {
  const known = useQueue(source, queue).data;
  useTopic(queueTopic(source, queue));
  return (
    <div className="page">
      {known ? (
        <QueueHead queue={known} />
      ) : (
        <div className="head">
          <h1 className="clip">{queue}</h1>
        </div>
      )}
      <QueueWhyLine source={source} queue={queue} />
      <StateTabs source={source} queue={queue} figures={known} page="schedulers" />
      <SchedulersCard of={{ source, queue }} />
    </div>
  );
}
