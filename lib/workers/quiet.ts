import { action } from '@/lib/verbs';
import { orderWorker } from '@/lib/workers/order';

/** It takes no more jobs; those that run go on. */
export const quietWorker = action(
  'worker.quiet',
  (ask, input) => orderWorker(ask, input, { kind: 'quiet' }),
  ({ worker }) => ({ worker }),
);
