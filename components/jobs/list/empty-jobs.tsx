'use client';

import { Empty } from '@/components/ui/empty';
import { useOrigin } from '@/components/ui/now';
import type { JobState } from '@/lib/contracts/states';

const WHY: Record<JobState, [title: string, how: string]> = {
  waiting: ['Nothing waits', 'Jobs come here when they are added and leave as soon as a worker has a free slot.'],
  active: ['Nothing runs', 'Jobs come here while a worker has them.'],
  delayed: [
    'Nothing is delayed',
    'Jobs come here that were added with a delay, or that back off before their next attempt.',
  ],
  prioritized: ['Nothing is prioritized', 'Jobs come here that were added with a priority above 0.'],
  'waiting-children': [
    'No parent waits',
    'Jobs come here that are parents in a flow, until their children have ended.',
  ],
  completed: [
    'Nothing completed',
    'Jobs come here when they end well, unless they are removed at once by their own options.',
  ],
  failed: ['Nothing failed', 'Jobs come here when their last attempt failed, or when they were cancelled.'],
};

interface EmptyJobsProps {
  source: string;
  queue: string;
  state: JobState;
  isFirst: boolean;
}

export function EmptyJobs({ source, queue, state, isFirst }: EmptyJobsProps) {
  const origin = useOrigin();
  if (!isFirst)
    return (
      <Empty title="No rows on this page">
        The jobs that were here have moved on. Go back a page, or to the first one.
      </Empty>
    );
  const [title, how] = WHY[state];
  return (
    <Empty title={title}>
      <span>{how}</span>
      {(state === 'waiting' || state === 'active') && (
        <pre>{`curl -X POST ${origin}/api/v1/queues/${encodeURIComponent(source)}/${encodeURIComponent(queue)}/jobs \\
  -H 'content-type: application/json' -d '{"name":"try","data":{}}'`}</pre>
      )}
    </Empty>
  );
}
