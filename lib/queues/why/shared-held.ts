import type { QueueBackend } from '@/lib/backends/backend';
import type { HeldParents } from '@/lib/backends/flows';
import { SharedReads } from '@/lib/shared-reads';

/** About as often as one page asks why: more viewers ask the broker no more often. */
const EVERY_MS = 4_000;

const known = new WeakMap<QueueBackend, SharedReads<HeldParents>>();

/** Parents of the queue that failed children hold, read once for all that ask; null where the backend knows no flows. */
export function sharedHeld(backend: QueueBackend, queue: string): Promise<HeldParents> | null {
  const { flows } = backend;
  if (!flows) return null;
  const reads = known.get(backend) ?? new SharedReads<HeldParents>(EVERY_MS);
  known.set(backend, reads);
  return reads.get(queue, () => flows.held(queue));
}
