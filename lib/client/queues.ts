'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import type { SeenQueueList } from '@/lib/client/live/apply-frame';
import { keys } from '@/lib/client/query-keys';
import type { Queue, QueueAnswer, QueueList } from '@/lib/contracts/queues';
import type { QueueHealth } from '@/lib/contracts/states';

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
  });
}

/** Pauses or resumes; the switch shows at once and goes back when the server refuses. */
export function usePauseQueue(source: string, queue: string) {
  const client = useQueryClient();
  const key = keys.queue(source, queue);
  const show = (paused: boolean) => {
    client.setQueryData<QueueAnswer>(key, (known) => (known ? asIf(known, paused) : known));
    client.setQueryData<SeenQueueList>(keys.queues(), (list) =>
      list
        ? {
            ...list,
            items: list.items.map((item) =>
              item.source === source && item.name === queue ? asIf(item, paused) : item,
            ),
          }
        : list,
    );
  };
  return useMutation({
    mutationFn: (paused: boolean) => call(paused ? 'queue.pause' : 'queue.resume', { source, queue }),
    onMutate: (paused) => show(paused),
    onError: (_, paused) => {
      show(!paused);
      void client.invalidateQueries({ queryKey: key });
    },
    onSuccess: (answer) => {
      show(answer.paused);
      // What can be done (pause or resume) follows the state.
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
