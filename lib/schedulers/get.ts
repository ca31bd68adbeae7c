import { openScheduler, requireStanding } from '@/lib/schedulers/standing';
import { toScheduler } from '@/lib/schedulers/to-row';
import { query } from '@/lib/verbs';

export const getScheduler = query('scheduler.get', async (ask, input) => {
  const of = openScheduler(ask, input);
  return toScheduler(of, await requireStanding(of));
});
