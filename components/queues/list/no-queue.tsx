'use client';

import type { QueueFilter, QueuesAddress } from '@/components/queues/list/queues-address';
import { Empty } from '@/components/ui/empty';
import { useOrigin } from '@/components/ui/now';
import { useSources } from '@/lib/client/sources';

const NONE: Record<Exclude<QueueFilter, 'all'>, string> = {
  failing: 'No queue is failing: of the jobs that ended lately no more failed than is usual.',
  stuck: 'No queue is stuck: wherever jobs are ready, somebody takes them.',
  paused: 'No queue is paused.',
  unclear: 'No queue is unclear: all of them can be read.',
  moving: 'No queue is moving.',
  idle: 'No queue is idle: none has jobs for later only.',
  empty: 'No queue is empty.',
};

/** There are queues, and none that is asked for. */
export function NothingFits({ address: { name, filter } }: { address: QueuesAddress }) {
  if (!name) return <Empty title={filter === 'all' ? 'No queue' : NONE[filter]} />;
  const which = filter === 'all' ? 'queue' : `${filter} queue`;
  return <Empty title={`No ${which} has “${name}” in its name`} />;
}

/** There is no queue at all: how the first one comes. */
export function NoQueue() {
  const origin = useOrigin();
  const sources = useSources().data?.items ?? [];
  const [worked, watched] = [sources.find(({ worker }) => worker !== null), sources[0]];
  // A task where its worker is; else a job as any client would add it.
  const [path, body] = worked
    ? ['tasks/send-welcome-email', '{"input":{"to":"ada@example.com","name":"Ada"}}']
    : [`queues/${watched?.name ?? 'default'}/emails/jobs`, '{"name":"hello","data":{"to":"ada@example.com"}}'];
  return (
    <Empty title="No queue yet">
      <span>
        A queue appears as soon as a job is added to it, or a worker listens to it. Add the first{' '}
        {worked ? 'from Tasks, or ' : ''}by REST:
      </span>
      <pre>{`curl -X POST ${origin}/api/v1/${path} \\
  -H 'content-type: application/json' \\
  -d '${body}'`}</pre>
    </Empty>
  );
}
