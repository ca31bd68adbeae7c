import type { SchedulerDefinition } from '@/lib/backends/schedulers';
import { CodedError } from '@/lib/contracts/errors';
import { forgetPaused, type PausedScheduler, releasePaused, takePaused } from '@/lib/schedulers/paused';
import { isBusy, openScheduler, requireStanding, type SchedulerAsk } from '@/lib/schedulers/standing';
import { toScheduler } from '@/lib/schedulers/to-row';
import { action } from '@/lib/verbs';

/** Put back into the broker, unless one of its id has come there meanwhile; then forgotten by the store. */
export const resumeScheduler = action(
  'scheduler.resume',
  async (ask, input) => {
    const of = openScheduler(ask, input);
    const standing = await requireStanding(of);
    const paused = await takePaused(ask.store, of.key);
    if (paused) await putBack(of, paused);
    else if (standing.kind === 'paused') throw isBusy();
    return toScheduler(of, await requireStanding(of));
  },
  ({ scheduler }) => ({ scheduler }),
);

async function putBack({ ask, schedulers, key }: SchedulerAsk, paused: PausedScheduler): Promise<void> {
  try {
    const put = await schedulers.put(key.queue, key.id, goOn(paused.definition), true);
    if (put.kind === 'refused') throw new CodedError('scheduler_conflict', put.reason);
  } catch (error) {
    await releasePaused(ask.store, paused).catch(() => undefined);
    throw error;
  }
  await forgetPaused(ask.store, key, paused.version);
}

/** A start that is past would make an interval begin anew, at once; without it it keeps its step. */
function goOn(definition: SchedulerDefinition): SchedulerDefinition {
  const { startMs } = definition;
  return { ...definition, startMs: startMs !== null && startMs > Date.now() ? startMs : null };
}
