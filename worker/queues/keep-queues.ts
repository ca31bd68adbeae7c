import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueWorker } from '@/lib/backends/bullmq/worker';
import { openWorkerBroker, type WorkerBroker } from '@/lib/backends/bullmq/worker/broker';
import { openLooker } from '@/lib/backends/bullmq/worker/look';
import type { TakeGuard } from '@/lib/backends/bullmq/worker/take-known/guard';
import type { SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import type { Task } from '../define-task';
import { findReason, unreadable } from './find-reason';
import { KeptQueue, type Standing } from './kept-queue';

/** Who comes later is met this late, at the latest; and a reason that is gone is forgotten this late. */
const LOOK_EVERY_MS = 30_000;
/** After a look that failed. */
const LOOK_AGAIN_MS = 5_000;

/** How a worker begins on a queue that is not ours: with the slots and as quiet as a dashboard has ordered. */
export interface Careful {
  guard: TakeGuard;
  quiet: boolean;
  slots: number | null;
}

export interface KeepOptions {
  source: SourceConfig;
  /** The tasks of each queue, by name. */
  queues: ReadonlyMap<string, ReadonlyMap<string, Task>>;
  open(broker: WorkerBroker, queue: string, careful: Careful): QueueWorker;
  changed(): void;
  lookEveryMs?: number;
}

export interface WorkedQueues {
  standings(): Standing[];
  /** Takes no more jobs; resolves when those that run have ended and nothing is connected any more. */
  close(): Promise<void>;
}

/**
 * Works on the queues of a broker that is somebody else's, as far as nothing speaks against it: looks before the first job is taken,
 * and again now and then. While the broker is away nothing is decided: what was worked on is gone on with when it is back.
 */
export function keepQueues({ source, queues, open, changed, lookEveryMs = LOOK_EVERY_MS }: KeepOptions): WorkedQueues {
  const stopping = new AbortController();
  const looker = openLooker(source);
  let broker: WorkerBroker | null = null;
  const wanted = [...queues].map(([queue, tasks]) => ({ queue, names: [...tasks.keys()] }));
  const kept: KeptQueue[] = wanted.map(
    ({ queue, names }) =>
      new KeptQueue({
        ...{ source: source.name, queue, changed },
        open: (onUnknown, before) => {
          if (broker === null) throw new Error('a queue is worked on before its broker is open');
          return open(broker, queue, { guard: { names, onUnknown }, quiet: isQuiet(), slots: before?.slots ?? null });
        },
      }),
  );
  // An order to be quiet is for the process: it holds for queues that are taken up later, also when none was worked on meanwhile.
  let quiet = false;
  const isQuiet = (): boolean => {
    const orders = kept.flatMap(({ ordered }) => ordered ?? []);
    if (orders.length > 0) quiet = orders.every((one) => one.quiet);
    return quiet;
  };
  const wishes = () => wanted.map((one, i) => ({ ...one, workedOn: kept[i]?.isWorkedOn ?? false }));

  const look = async () => {
    isQuiet();
    const reasons = (await looker.look(wishes())).map(findReason);
    if (reasons.includes(null)) broker ??= await openWorkerBroker(source, stopping.signal);
    if (!stopping.signal.aborted) kept.forEach((one, i) => void one.judge(reasons[i] ?? null));
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const failed = await look().then(
        () => null,
        (error: Error) => error,
      );
      if (failed && !stopping.signal.aborted) {
        log.debug({ source: source.name, err: failed.message }, 'a broker could not be looked into');
        for (const one of kept) if (one.standing.state === 'left-alone') one.judge(unreadable(failed.message));
      }
      const ms = failed ? Math.min(LOOK_AGAIN_MS, lookEveryMs) : lookEveryMs;
      await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    standings: () => kept.map(({ standing }) => standing),
    close: async () => {
      stopping.abort();
      await Promise.all([looker.close(), looking, ...kept.map((one) => one.close())]);
      await broker?.close();
    },
  };
}
