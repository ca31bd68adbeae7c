import type { QueueBackend } from '@/lib/backends/backend';
import type { HeldParents } from '@/lib/backends/flows';

/** As often as one page asks why: more viewers ask the broker no more often. */
const EVERY_MS = 4_000;
const MOST_KEPT = 500;

const known = new WeakMap<QueueBackend, Map<string, { at: number; read: Promise<HeldParents> }>>();

/** Parents of the queue that failed children hold, read once for all that ask; null where the backend knows no flows. */
export function sharedHeld(backend: QueueBackend, queue: string): Promise<HeldParents> | null {
  const { flows } = backend;
  if (!flows) return null;
  const reads = known.get(backend) ?? new Map<string, { at: number; read: Promise<HeldParents> }>();
  known.set(backend, reads);
  const last = reads.get(queue);
  if (last && Date.now() - last.at < EVERY_MS) return last.read;
  if (reads.size >= MOST_KEPT) reads.clear();
  const read = flows.held(queue);
  reads.set(queue, { at: Date.now(), read });
  read.catch(() => reads.delete(queue));
  return read;
}
