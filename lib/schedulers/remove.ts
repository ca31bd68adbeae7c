import { forgetPaused } from '@/lib/schedulers/paused';
import { missing, openScheduler } from '@/lib/schedulers/standing';
import { action } from '@/lib/verbs';

/** Out of the broker with its next run, unless that has begun; and out of the store. */
export const removeScheduler = action(
  'scheduler.remove',
  async (ask, input) => {
    const of = openScheduler(ask, input);
    const { schedulers, key } = of;
    const removed = await schedulers.remove(key.queue, key.id, null);
    const forgotten = await forgetPaused(ask.store, key, null);
    if (removed === 'gone' && !forgotten) await missing(of);
    return undefined;
  },
  ({ scheduler }) => ({ scheduler }),
);
