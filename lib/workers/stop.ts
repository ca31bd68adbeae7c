import { action } from '@/lib/verbs';
import { orderWorker } from '@/lib/workers/order';

/** It takes no more jobs; those that run get the grace, then they are aborted and tried again elsewhere. */
export const stopWorker = action(
  'worker.stop',
  (ask, input) => orderWorker(ask, input, { kind: 'stop', graceMs: input.body.graceMs }),
  ({ worker, body }) => ({ worker, graceMs: body.graceMs }),
);
