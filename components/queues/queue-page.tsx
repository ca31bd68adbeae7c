'use client';

import type { ReactNode } from 'react';
import { QueueHead } from '@/components/queues/queue-head';
import { QueueWhyLine } from '@/components/queues/queue-why-line';
import { StateTabs } from '@/components/queues/state-tabs';
import { Visible } from '@/components/ui/visible';
import { queueTopic } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';
import { useQueue } from '@/lib/client/queues';

interface QueuePageProps {
  source: string;
  queue: string;
  page: 'search' | 'schedulers';
  children: ReactNode;
}

/** What stands above a queue's pages that are not a list of one state. */
export function QueuePage({ source, queue, page, children }: QueuePageProps) {
  const known = useQueue(source, queue).data;
  useTopic(queueTopic(source, queue));
  return (
    <div className="page">
      {known ? (
        <QueueHead queue={known} />
      ) : (
        <div className="head">
          <h1 className="clip">
            <Visible text={queue} />
          </h1>
        </div>
      )}
      <QueueWhyLine source={source} queue={queue} />
      <StateTabs source={source} queue={queue} figures={known} page={page} />
      {children}
    </div>
  );
}
