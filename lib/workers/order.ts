import type { WorkerWish } from '@/lib/backends/worker-orders';
import { CodedError } from '@/lib/contracts/errors';
import type { WorkerOrderResult } from '@/lib/contracts/workers';
import { formatDuration } from '@/lib/format';
import { notSupported } from '@/lib/jobs/change';
import { findSource } from '@/lib/sources/find';
import type { Ask } from '@/lib/verbs';

export const NO_MODULE =
  'It does not carry the control module, so nothing can be ordered of it: call controlWorker(worker, …) where it is made.';
const NOT_YET = 'It was told and has not answered yet; it looks at least every 5 s.';

/** `Omit` that keeps a union apart. */
type WithoutBy<T> = T extends unknown ? Omit<T, 'by'> : never;

/** Sends an order to a worker process and tells what it answered; 404 or 409 with the reason where none can be sent. */
export async function orderWorker(
  ask: Ask,
  { source, worker }: { source: string; worker: string },
  wish: WithoutBy<WorkerWish>,
): Promise<WorkerOrderResult> {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.orderWorker) throw notSupported(entry, 'order a worker');
  const ordered = await entry.backend.orderWorker(worker, { ...wish, by: ask.actor.name });
  switch (ordered.kind) {
    case 'gone':
      throw new CodedError('worker_not_found', `Source "${source}" has no worker "${worker.slice(0, 100)}" now.`);
    case 'deaf':
      throw new CodedError('worker_unreachable', NO_MODULE);
    case 'lost':
      throw new CodedError(
        'worker_unreachable',
        `It has not beaten for ${formatDuration(Date.now() - ordered.beatAt)}: it is gone or hangs.`,
      );
    case 'which-queue': {
      const message = `must be one of its queues: ${ordered.queues.slice(0, 20).join(', ')}`;
      throw new CodedError('validation_failed', `queue: ${message}`, { errors: [{ path: 'queue', message }] });
    }
    case 'placed':
      if (ordered.refused !== null) throw new CodedError('worker_unreachable', ordered.refused);
      return ordered.acknowledged
        ? { source, worker, outcome: 'acknowledged', note: null }
        : { source, worker, outcome: 'requested', note: NOT_YET };
  }
}
