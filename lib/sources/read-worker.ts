import type { SourceWorker } from '@/lib/contracts/sources';
import type { Store } from '@/lib/store/store';

/** What one process of our worker says it does on a queue. */
export interface ToldQueue {
  source: string;
  process: string;
  queue: string;
  state: 'works' | 'left-alone';
  reason: string | null;
  since: Date;
}

/** They tell it every 15 s. */
const OVER_S = 60;
const CACHE_MS = 2_000;
const MOST_ROWS = 10_000;
const caches = new WeakMap<Store, { at: number; told: Promise<ToldQueue[]> }>();

/** Of all sources, by those processes that are there; at most 2 s old. */
export function readToldQueues(store: Store): Promise<ToldQueue[]> {
  const cached = caches.get(store);
  if (cached && Date.now() - cached.at < CACHE_MS) return cached.told;
  const told = store.query<ToldQueue & { [column: string]: unknown }>(
    `SELECT source, process, queue, state, reason, since FROM queuedeck.worker_queue
      WHERE seen_at > now() - make_interval(secs => ${OVER_S}) ORDER BY source, queue, process LIMIT ${MOST_ROWS}`,
  );
  caches.set(store, { at: Date.now(), told });
  told.catch(() => caches.delete(store));
  return told;
}

/** What our worker does on one source; `processes: null` = the store does not tell. */
export async function readWorker(store: Store, source: string): Promise<SourceWorker> {
  const told = await readToldQueues(store).catch(() => null);
  if (told === null) return { processes: null, queues: [] };
  const own = told.filter((one) => one.source === source);
  const queues = [...new Set(own.map(({ queue }) => queue))];
  return {
    processes: new Set(own.map(({ process }) => process)).size,
    queues: queues.map((queue) => joinTold(own.filter((one) => one.queue === queue))),
  };
}

/** Several processes may see a queue differently for a while: one that works on it counts. */
export function joinTold(told: readonly ToldQueue[]): SourceWorker['queues'][number] {
  const shown = told.find(({ state }) => state === 'works') ?? told[0];
  if (shown === undefined) throw new Error('a queue that nobody told of');
  const { queue, state, reason, since } = shown;
  return { queue, state, reason, since: since.toISOString() };
}
