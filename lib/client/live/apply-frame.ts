import type { QueryClient } from '@tanstack/react-query';
import { applyJobFrame } from '@/lib/client/live/apply-job-frame';
import { applyOperationFrame } from '@/lib/client/live/apply-operation-frame';
import type { SeenFrame } from '@/lib/client/live/stream';
import { keys } from '@/lib/client/query-keys';
import type { CountsFrame, WorkerFrame } from '@/lib/contracts/live';
import type { Queue, QueueAnswer, QueueFigures, QueueList } from '@/lib/contracts/queues';
import type { SourceList } from '@/lib/contracts/sources';
import type { WorkerList } from '@/lib/contracts/workers';

/** A queue with the time of its own figures, where a frame brought newer ones than the list's `asOf`. */
export type SeenQueue = Queue & { at?: string };
export type SeenQueueList = Omit<QueueList, 'items'> & { items: SeenQueue[] };

/** Patches what the cache holds; nothing is fetched but what a frame cannot carry. */
export function applyFrame(client: QueryClient, frame: SeenFrame): void {
  if (frame.event === 'counts') applyCounts(client, frame.data);
  else if (frame.event === 'job') applyJobFrame(client, frame.data);
  else if (frame.event === 'worker') applyWorkers(client, frame.data);
  else if (frame.event === 'operation') applyOperationFrame(client, frame.data);
  // A first stream brings all figures by itself; only what happened to jobs before it stood may be missing.
  else if (frame.data.reason === 'started')
    void client.invalidateQueries({ queryKey: keys.allJobs(), refetchType: 'active' });
  else void client.invalidateQueries({ refetchType: 'active' });
}

function applyCounts(client: QueryClient, frame: CountsFrame): void {
  patchQueueList(client, frame);
  for (const figures of frame.queues) {
    const key = keys.queue(figures.source, figures.name);
    const queue = client.getQueryData<QueueAnswer>(key);
    if (!queue) continue;
    client.setQueryData<QueueAnswer>(key, { ...queue, ...figures, pause: pauseAfter(queue, figures), asOf: frame.at });
    if (whatAbilitiesHangOn(queue) !== whatAbilitiesHangOn(figures)) void client.invalidateQueries({ queryKey: key });
  }
  const sources = client.getQueryData<SourceList>(keys.sources());
  if (!sources) return;
  const told = new Map(frame.sources.map((source) => [source.name, source]));
  const isChanged = sources.items.some((source) => (told.get(source.name)?.status ?? source.status) !== source.status);
  if (!isChanged) return;
  client.setQueryData<SourceList>(keys.sources(), {
    ...sources,
    items: sources.items.map((source) => ({ ...source, ...told.get(source.name) })),
  });
  // Version, memory, what can be done, and rows that pages could not fetch while the broker was away.
  void client.invalidateQueries({ refetchType: 'active' });
}

/** Who paused it stays known while it is paused; of a new pause it is asked for. */
const pauseAfter = (queue: Queue, { paused }: QueueFigures) => (paused && queue.paused ? queue.pause : null);

/** What can be done with a queue is not in the frame; it follows from these. */
function whatAbilitiesHangOn({ paused, concurrency, rateLimit, counts }: QueueFigures): string {
  const { waiting, prioritized, delayed, active } = counts;
  return [paused, concurrency === null, rateLimit === null, waiting || prioritized || delayed, paused && active]
    .map(Boolean)
    .join();
}

function patchQueueList(client: QueryClient, frame: CountsFrame): void {
  const list = client.getQueryData<SeenQueueList>(keys.queues());
  if (!list) return;
  const fresh = new Map(frame.queues.map((figures) => [queueKey(figures), figures]));
  const gone = new Set(frame.removed.map(queueKey));
  let isPausedAnew = false;
  const items = list.items
    .filter((queue) => !gone.has(queueKey(queue)))
    .map((queue) => {
      const figures = fresh.get(queueKey(queue));
      fresh.delete(queueKey(queue));
      if (!figures) return queue;
      isPausedAnew ||= figures.paused && !queue.paused;
      return { ...queue, ...figures, pause: pauseAfter(queue, figures), at: frame.at };
    });
  client.setQueryData<SeenQueueList>(keys.queues(), { ...list, items });
  // A queue that is new here: what can be done with it is not in the frame; nor is who paused one.
  if (fresh.size > 0 || isPausedAnew) void client.invalidateQueries({ queryKey: keys.queues() });
}

function applyWorkers(client: QueryClient, frame: WorkerFrame): void {
  const list = client.getQueryData<WorkerList>(keys.workers());
  if (!list) return;
  const others = list.items.filter((worker) => worker.source !== frame.source);
  const known = new Map(list.items.filter((worker) => worker.source === frame.source).map((one) => [one.id, one]));
  const items = frame.workers.flatMap((worker) => {
    const before = known.get(worker.id);
    return before ? [{ ...before, ...worker }] : [];
  });
  client.setQueryData<WorkerList>(keys.workers(), { ...list, asOf: frame.at, items: [...others, ...items] });
  // What can be ordered of a worker is not in the frame: it is asked for when one is new, or is in another state.
  const isSame = frame.workers.every((worker) => known.get(worker.id)?.status === worker.status);
  if (!isSame) void client.invalidateQueries({ queryKey: keys.workers() });
}

const queueKey = (queue: Pick<QueueFigures, 'source' | 'name'>) => `${queue.source}\n${queue.name}`;
