'use client';

import { QueuePage } from '@/components/queues/queue-page';
import { SchedulersCard } from '@/components/schedulers/schedulers-card';

/** The tab of a queue. */
export function QueueSchedulersView({ source, queue }: { source: string; queue: string }) {
  return (
    <QueuePage source={source} queue={queue} page="schedulers">
      <SchedulersCard of={{ source, queue }} />
    </QueuePage>
  );
}
