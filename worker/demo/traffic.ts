import { setTimeout as sleep } from 'node:timers/promises';
import type { NewJob, QueueBackend, Snapshot } from '@/lib/backends/backend';
import { log } from '@/lib/log';
import type { Task } from '@/worker/define-task';
import { type DemoJob, pickJob } from './pick-job';
import type { Facts } from './random';

export interface TrafficOptions {
  backend: Pick<QueueBackend, 'addJobs' | 'snapshot'>;
  webhookUrl: string;
  signal: AbortSignal;
  random?: () => number;
  /** Mean pause between two jobs. */
  pauseMs?: number;
}

/** Jobs begin with this, so that what they leave behind can be told from a user's. */
export const JOB_ID_PREFIX = 'demo-';

/** What a queue may have before it: beyond that nothing is added, so that a paused or a slow queue stays small. */
const MAX_BACKLOG: Record<string, number> = { emails: 60, webhooks: 40, exports: 4, reports: 3 };
/** Kept per queue. Exports leave files, so fewer are kept. */
const KEPT = { completed: 1_000, failed: 300, exports: 200 } as const;
const SNAPSHOT_AGE_MS = 2_000;
const AWAY_PAUSE_MS = 5_000;
/** Every so often a crowd signs up at once. */
const BURST = { chance: 0.012, jobs: 25 } as const;

let nextNumber = 0;

/** Adds jobs at a light, uneven pace until the signal aborts. A broker that is away is asked again later; nothing is made up for. */
export async function runTraffic(options: TrafficOptions): Promise<void> {
  const { backend, signal, random = Math.random, pauseMs = 550 } = options;
  const rest = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
  let known: Known | null = null;
  while (!signal.aborted) {
    try {
      if (known === null || Date.now() - known.snapshot.at > SNAPSHOT_AGE_MS)
        known = { snapshot: await backend.snapshot(), added: new Map() };
      await addSome(options, known, { random, nowMs: Date.now(), webhookUrl: options.webhookUrl });
      await rest(pauseMs * (0.4 + 1.2 * random()));
    } catch (error) {
      if (signal.aborted) return;
      known = null;
      log.debug({ err: (error as Error).message }, 'demo traffic waits for the broker');
      await rest(AWAY_PAUSE_MS);
    }
  }
}

/** `added`: per queue, what this loop added since the snapshot; taken for still waiting. */
interface Known {
  snapshot: Snapshot;
  added: Map<string, number>;
}

async function addSome({ backend }: TrafficOptions, known: Known, facts: Facts): Promise<void> {
  const first = pickJob(facts);
  const { queue } = first.task;
  const room = (MAX_BACKLOG[queue] ?? 0) - countBacklog(known, queue);
  const isBurst = queue === 'emails' && facts.random() < BURST.chance;
  const jobs: DemoJob[] = [first];
  while (isBurst && jobs.length < BURST.jobs) {
    const next = pickJob(facts);
    if (next.task.queue === queue) jobs.push(next);
  }
  const fitting = jobs.slice(0, Math.max(0, room)).map(toNewJob);
  if (fitting.length === 0) return;
  known.added.set(queue, (known.added.get(queue) ?? 0) + fitting.length);
  await backend.addJobs(queue, fitting);
}

function countBacklog({ snapshot, added }: Known, queue: string): number {
  const counts = snapshot.queues.find(({ name }) => name === queue)?.counts;
  return (['waiting', 'prioritized', 'delayed', 'waiting-children'] as const).reduce(
    (sum, state) => sum + (counts?.[state] ?? 0),
    added.get(queue) ?? 0,
  );
}

function toNewJob({ task, input, delayMs, priority }: DemoJob): NewJob {
  nextNumber += 1;
  const id = `${JOB_ID_PREFIX}${Date.now().toString(36)}-${process.pid.toString(36)}-${nextNumber}`;
  const extra = { ...(delayMs === undefined ? {} : { delayMs }), ...(priority === undefined ? {} : { priority }) };
  return { name: task.name, data: input, options: { id, ...toPolicy(task), ...extra } };
}

function toPolicy({ queue, retry }: Task) {
  const removeOnComplete = queue === 'exports' ? KEPT.exports : KEPT.completed;
  return { attempts: retry.attempts, backoff: retry.backoff, removeOnComplete, removeOnFail: KEPT.failed };
}
