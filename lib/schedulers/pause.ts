import { forgetPaused, keepDefinition, markPaused, readPaused } from '@/lib/schedulers/paused';
import { isBusy, openScheduler, refuseLegacy, requireStanding, type SchedulerAsk } from '@/lib/schedulers/standing';
import { toScheduler } from '@/lib/schedulers/to-row';
import { action } from '@/lib/verbs';

/** A run may come between reading and removing; more than a few in a row do not. */
const TRIES = 5;

/**
 * Read → written to the store → removed from the broker, if it still is what was written. Whatever stops this in between leaves it in
 * the broker, or in the store, or in both (then it is not paused); never in neither.
 */
export const pauseScheduler = action(
  'scheduler.pause',
  async (ask, input) => {
    const of = openScheduler(ask, input);
    await moveToStore(of);
    return toScheduler(of, await requireStanding(of));
  },
  ({ scheduler }) => ({ scheduler }),
);

async function moveToStore(of: SchedulerAsk): Promise<void> {
  const { ask, schedulers, key } = of;
  let mine: string | null = null;
  let tookOver = false;
  for (let tries = 0; tries < TRIES; tries++) {
    const before = mine ?? (await readPaused(ask.store, key))?.version ?? null;
    const standing = await requireStanding(of);
    if (standing.kind === 'paused') return;
    const { found } = standing;
    refuseLegacy(found);
    const kept = { definition: found.definition, nextMs: found.row.nextMs, by: ask.actor.name };
    const seen = before === null ? null : { version: before, mine: mine !== null };
    const row = await keepDefinition(ask.store, key, kept, seen);
    if (!row) throw isBusy();
    const { version } = row;
    tookOver ||= mine === null && !row.inserted;
    mine = version;
    const removed = await schedulers.remove(key.queue, key.id, found.print);
    // Gone, with a row that was another's: that one may have taken it out, and then only this row holds it.
    if (removed === 'done' || (removed === 'gone' && tookOver))
      return markPaused(ask.store, { ...key, ...kept, version });
    if (removed === 'gone') {
      await forgetPaused(ask.store, key, version);
      await requireStanding(of);
      throw isBusy();
    }
  }
  throw isBusy();
}
