import { CodedError } from '@/lib/contracts/errors';
import type { HeavyLane } from '@/lib/store/lanes/lanes';
import { type Reader, TooSlowError } from '@/lib/store/lanes/reader';
import type { Ask } from '@/lib/verbs';

const TOO_SLOW: Record<HeavyLane, string> = {
  search: 'The search ran into its limit of ten seconds: add a queue, a state or a time to it.',
  figures: 'The figures ran into their limit of ten seconds: ask for less time, or for one queue.',
};

/** Who is counted as one: the actor at one address. Until sign-in exists everybody at this machine is. */
export function callerOf({ actor, address }: Pick<Ask, 'actor' | 'address'>): string {
  return `${actor.kind}:${actor.name}@${address ?? ''}`;
}

/**
 * Reads what may be slow, in the caller's turn: at most two at once of one caller, and no more than the lane has connections of all.
 * It ends when the asker is gone. Throws too_many_requests where the turn does not come in time, too_slow after ten seconds.
 */
export async function inTurn<T>(
  ask: Pick<Ask, 'actor' | 'address' | 'store' | 'signal'>,
  lane: HeavyLane,
  run: (reader: Reader) => Promise<T>,
  patienceMs?: number,
): Promise<T> {
  const by = { caller: callerOf(ask), signal: ask.signal, ...(patienceMs === undefined ? {} : { patienceMs }) };
  try {
    return await ask.store.turn(lane, by, run);
  } catch (error) {
    if (error instanceof TooSlowError) throw new CodedError('too_slow', TOO_SLOW[lane], { cause: error });
    throw error;
  }
}
