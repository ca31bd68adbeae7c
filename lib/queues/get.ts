import type { QueueBackend } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { QueueFigures } from '@/lib/contracts/queues';
import { withAbilities } from '@/lib/queues/abilities';
import { joinWorkers } from '@/lib/queues/join-workers';
import { readKnownFigures } from '@/lib/queues/known-figures';
import { readPause } from '@/lib/queues/pause-notes';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

export const getQueue = query('queue.get', async (ask, { source, queue }) => {
  const { backend } = findSource(ask.sources, source);
  const { at, figures } = await findQueueFigures(backend, queue);
  const pause = await readPause(ask, figures);
  return { ...withAbilities(ask, backend, figures, pause), asOf: new Date(at).toISOString() };
});

/** From the shared read, or from a read of its own where that does not know the queue yet; throws `queue_not_found`. */
export async function findQueueFigures(
  backend: QueueBackend,
  queue: string,
): Promise<{ at: number; figures: QueueFigures }> {
  const { at, queues } = await readKnownFigures(backend);
  return { at, figures: queues.find((one) => one.name === queue) ?? (await readNewQueue(backend, queue)) };
}

/** A queue that came into being since the shared read, or since discovery last looked. */
async function readNewQueue(backend: QueueBackend, queue: string): Promise<QueueFigures> {
  const exists = await backend.hasQueue(queue);
  const snapshot = exists ? await backend.snapshot() : null;
  const found = snapshot?.queues.filter((one) => one.name === queue) ?? [];
  const shared = sharedSnapshot(backend);
  const [figures] = joinWorkers(backend.name, found, shared.lastWorkers().workers);
  if (figures) return shared.health.judge(figures, snapshot?.at ?? Date.now());
  throw new CodedError('queue_not_found', `Source "${backend.name}" has no queue called "${queue.slice(0, 100)}".`);
}
