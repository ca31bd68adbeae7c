import { action } from '@/lib/verbs';
import { orderWorker } from '@/lib/workers/order';

/** Takes back `quiet`. */
export const resumeWorker = action(
  'worker.resume',
  (ask, input) => orderWorker(ask, input, { kind: 'resume' }),
  ({ worker }) => ({ worker }),
);
