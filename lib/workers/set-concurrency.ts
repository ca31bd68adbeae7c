import { action } from '@/lib/verbs';
import { orderWorker } from '@/lib/workers/order';

/** Holds until the worker process ends. */
export const setWorkerConcurrency = action(
  'worker.set-concurrency',
  (ask, { body: { queue, concurrency }, ...of }) =>
    orderWorker(ask, of, { kind: 'concurrency', queue: queue ?? null, concurrency }),
  ({ worker, body }) => ({ worker, ...body }),
);
