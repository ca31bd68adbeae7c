'use client';

import { SearchCard } from '@/components/jobs/search/search-card';
import { QueuePage } from '@/components/queues/queue-page';

/** The tab of a queue: its jobs by a query, over everything that was recorded of it. */
export function QueueSearchView({ source, queue }: { source: string; queue: string }) {
  return (
    <QueuePage source={source} queue={queue} page="search">
      <SearchCard of={{ source, queue }} />
    </QueuePage>
  );
}
