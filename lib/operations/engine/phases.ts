import { setTimeout as sleep } from 'node:timers/promises';
import { readChunks } from '../ledger';
import type { OperationRow, Phase } from '../rows';
import type { Tools } from './change-slice';
import { type Engine, untilThere } from './engine';
import { setRunning } from './lease';

const POLL_MS = 1_000;
const STATES_PER_READ = 500;
const CHUNKS_PER_READ = 100;

/** Places in the ledger where the steps end: 10 jobs, then 10 % more, then all. */
export function stepEnds(total: number): [number, number, number] {
  const first = Math.min(10, total);
  return [first, Math.min(total, first + Math.ceil(total / 10)), total];
}

export function firstPhase(total: number): Phase {
  return { step: 1, from: 0, to: stepEnds(total)[0], jobs: 0, ended: 0, failedAgain: 0 };
}

export function nextPhase(total: number, { step, to }: Phase): Phase | null {
  const end = stepEnds(total)[step];
  return end === undefined || to >= total
    ? null
    : { step: step + 1, from: to, to: end, jobs: 0, ended: 0, failedAgain: 0 };
}

/**
 * Waits until the jobs that a step has retried have ended, one way or the other; a job that the broker no longer has counts as
 * ended well. Answers why the operation must stop, or null. Begins anew after a crash.
 */
export async function watchStep(
  engine: Engine,
  tools: Tools,
  row: OperationRow,
  phase: Phase,
  isStopping: () => boolean,
  signal: AbortSignal,
): Promise<string | null> {
  const maxRate = row.options.phases?.maxFailureRate ?? 1;
  let open = await untilThere(signal, () => readDone(engine, row.id, phase));
  const now: Phase = { ...phase, jobs: open.length, ended: 0, failedAgain: 0 };
  while (!isStopping()) {
    const still: string[] = [];
    for (let i = 0; i < open.length; i += STATES_PER_READ) {
      const ids = open.slice(i, i + STATES_PER_READ);
      const states = await untilThere(signal, () => tools.gate.run(() => tools.bulk.readStates(row.queue, ids)));
      ids.forEach((id, k) => {
        const state = states[k] ?? null;
        if (state !== null && state !== 'completed' && state !== 'failed') still.push(id);
        else if (state === 'failed') now.failedAgain += 1;
      });
    }
    open = still;
    now.ended = now.jobs - open.length;
    const tooMany = now.jobs > 0 && now.failedAgain / now.jobs > maxRate;
    const note = open.length === 0 ? null : `Waits for ${open.length} of ${now.jobs} retried jobs to end.`;
    await untilThere(signal, () => setRunning(engine.store, row.id, 'waiting', now, note));
    if (tooMany) return describeFailures(now, maxRate);
    if (open.length === 0) return null;
    await sleep(POLL_MS, undefined, { signal });
  }
  return null;
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

function describeFailures({ step, jobs, failedAgain }: Phase, maxRate: number): string {
  return `Stopped by itself: of the ${jobs} jobs of step ${step}, ${failedAgain} failed again (${percent(failedAgain / jobs)}; the bound is ${percent(maxRate)}).`;
}

/** Ids between two places of the ledger whose change was made. */
async function readDone(engine: Engine, operation: string, { from, to }: Phase): Promise<string[]> {
  const ids: string[] = [];
  for (let place = 0, n = 0; place < to; ) {
    const chunks = await readChunks(engine.store, operation, n, CHUNKS_PER_READ);
    if (chunks.length === 0) break;
    for (const chunk of chunks) {
      chunk.ids.forEach((id, i) => {
        const at = place + i;
        if (at >= from && at < to && chunk.outcomes[i]?.startsWith('done')) ids.push(id);
      });
      place += chunk.ids.length;
      n = chunk.n + 1;
    }
  }
  return ids;
}
