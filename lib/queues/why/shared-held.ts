import type { QueueBackend } from '@/lib/backends/backend';
import type { HeldParents } from '@/lib/backends/flows';
import { SharedReads } from '@/lib/metrics/shared';

/** About as often as one page asks why: more viewers ask the broker no more often. */
const EVERY_MS = 4_000;

const known = new WeakMap<QueueBackend, SharedReads>();

/** Parents of the queue that failed children hold, read once for all that ask; null where the backend knows no flows. */
export function sharedHeld(backend: QueueBackend, queue: string, signal: AbortSignal): Promise<HeldParents> | null {
  const { flows } = backend;
  if (!flows) return null;
  const reads = known.get(backend) ?? new SharedReads(EVERY_MS);
  known.set(backend, reads);
  return reads.read(queue, signal, () => flows.held(queue));
}
