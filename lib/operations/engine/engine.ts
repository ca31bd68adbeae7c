import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { log } from '@/lib/log';
import { isStoreAway } from '@/lib/store/as-store-error';
import type { Store } from '@/lib/store/store';
import { Gate } from './gate';

/** What all operations of a monitor share. */
export interface Engine {
  store: Store;
  sources: ReadonlyMap<string, SourceEntry>;
  /** This monitor's name in leases. */
  owner: string;
  leaseMs: number;
  binHours: number;
  /** Per source: two steps at a time, so that one is ready when the other ends and the broker is never held by more. */
  gates: Map<string, Gate>;
  signal: AbortSignal;
}

const STEPS_AT_A_TIME = 2;
const AWAY_WAIT_MS = [100, 250, 500, 1_000];

export function gateOf(engine: Engine, source: string): Gate {
  const known = engine.gates.get(source);
  if (known) return known;
  const gate = new Gate(STEPS_AT_A_TIME);
  engine.gates.set(source, gate);
  return gate;
}

/** Repeats `step` while the broker or the store is away, until the signal aborts. Only for steps that may be repeated. */
export async function untilThere<T>(signal: AbortSignal, step: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      if (!isAway(error)) throw error;
      if (attempt === 0) log.warn({ err: (error as Error).message }, 'operation waits');
      await sleep(AWAY_WAIT_MS[Math.min(attempt, AWAY_WAIT_MS.length - 1)], undefined, { signal });
    }
  }
}

const isAway = (error: unknown): boolean =>
  isStoreAway(error) || (error instanceof CodedError && error.code === 'broker_unavailable');
