'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import type { SeenQueueList } from '@/lib/client/live/apply-frame';
import { keys } from '@/lib/client/query-keys';
import type { Queue, QueueAnswer, QueueList } from '@/lib/contracts/queues';
import type { QueueHealth } from '@/lib/contracts/states';

const PAUSE_CHECK_MS = 10_000;

/** All queues of all sources; kept true by `counts` frames. */
export function useQueues() {
  return useQuery<SeenQueueList>({
    queryKey: keys.queues(),
    queryFn: ({ signal }) =>
      collectPages<Queue, QueueList>((cursor) => call('queue.list', { limit: PAGE_LIMIT, cursor }, { signal })),
  });
}

export function useQueue(source: string, queue: string) {
  return useQuery<QueueAnswer>({
    queryKey: keys.queue(source, queue),
    queryFn: ({ signal }) => call('queue.get', { source, queue }, { signal }),
    // No frame tells that it was resumed and paused again by somebody else within a second.
    refetchInterval: ({ state: { data } }) => (data?.pause ? PAUSE_CHECK_MS : false),
  });
}

export interface QueuePausing {
  source: string;
  queue: string;
  paused: boolean;
  reason?: string | null | undefined;
}

/** Pauses or resumes a queue; the switch shows at once and goes back when the server refuses. */
export function usePauseQueue() {
  const client = useQueryClient();
  const show = ({ source, queue, paused, reason = null }: QueuePausing) => {
    // Until the server says by which name.
    const pause = paused ? { by: 'you', at: new Date().toISOString(), reason } : null;
    client.setQueryData<QueueAnswer>(keys.queue(source, queue), (known) =>
      known ? { ...asIf(known, paused), pause } : known,
    );
    client.setQueryData<SeenQueueList>(keys.queues(), (list) =>
      list
        ? {
            ...list,
            items: list.items.map((item) =>
              item.source === source && item.name === queue ? { ...asIf(item, paused), pause } : item,
            ),
          }
        : list,
    );
  };
  return useMutation({
    mutationFn: ({ source, queue, paused, reason }: QueuePausing) =>
      paused
        ? call('queue.pause', { source, queue, body: reason ? { reason } : {} })
        : call('queue.resume', { source, queue }),
    onMutate: show,
    onError: (_, asked) => show({ ...asked, paused: !asked.paused }),
    onSuccess: (_, { source, queue }) => {
      // What can be done (pause or resume) follows the state, and who paused it is with it.
      for (const key of [keys.queue(source, queue), keys.queueWhy(source, queue), keys.queues()])
        void client.invalidateQueries({ queryKey: key });
    },
  });
}

/** Until the server says how it fares. */
function asIf<Q extends Queue>(queue: Q, paused: boolean): Q {
  const attention = queue.attention.filter(({ lane }) => lane !== 'paused' && !(paused && lane === 'stuck'));
  const health: QueueHealth = paused
    ? 'paused'
    : queue.health === 'paused'
      ? (attention[0]?.lane ?? 'moving')
      : queue.health;
  return { ...queue, paused, health, attention };
}
