'use client';

import { AttentionList } from '@/components/overview/attention-list';
import { Figures } from '@/components/overview/figures';
import { QueueCard } from '@/components/queues/queue-card';

export function OverviewView() {
  return (
    <div className="page">
      <h1 className="sr-only">Overview</h1>
      <AttentionList />
      <Figures />
      <QueueCard />
    </div>
  );
}
