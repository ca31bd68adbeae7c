import { CodedError } from '@/lib/contracts/errors';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { openScheduler, requireStanding } from '@/lib/schedulers/standing';
import { Answer, action } from '@/lib/verbs';

/** One job from the template, now; also of a paused scheduler. Its next run is as it was. A repeatable of BullMQ 5 has it in its next job. */
export const runScheduler = action(
  'scheduler.run',
  async (ask, input) => {
    const of = openScheduler(ask, input);
    const standing = await requireStanding(of);
    const fault = standing.kind === 'live' ? standing.found.templateFault : null;
    if (fault !== null) throw new CodedError('scheduler_conflict', `It cannot be run now: ${fault}`);
    const { definition } = standing.kind === 'live' ? standing.found : standing.paused;
    const { source, queue, id: scheduler } = of.key;
    const id = await of.schedulers.run(queue, definition);
    sharedSnapshot(of.entry.backend).readSoon();
    const path = [source, queue, 'jobs', id].map(encodeURIComponent).join('/');
    return new Answer({ source, queue, scheduler, id }, 201, { location: `/api/v1/queues/${path}` });
  },
  ({ scheduler }, output) => ({ scheduler, ...(output instanceof Answer ? { id: output.body.id } : {}) }),
);
