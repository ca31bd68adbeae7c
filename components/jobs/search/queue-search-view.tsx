'use client';

import { SearchCard } from '@/components/jobs/search/search-card';
import { QueueHead } from '@/components/queues/queue-head';
import { StateTabs } from '@/components/queues/state-tabs';
import { queueTopic } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';
import { useQueue } from '@/lib/client/queues';

/** The tab of a queue: its jobs by a query, over everything that was recorded of it. */
export function QueueSearchView({ source, queue }: { source: string; queue: string }) {
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
      <StateTabs source={source} queue={queue} figures={known} page="search" />
      <SearchCard of={{ source, queue }} />
    </div>
  );
}
