import { setTimeout as sleep } from 'node:timers/promises';
import type { TestBroker } from '@/lib/testing/brokers';

/** The queues that tasks of ours have too, and others; `shut` is paused. */
export const QUIET = ['emails', 'exports', 'webhooks', 'reports', 'billing', 'shut'] as const;
/** With somebody's own traffic, and with a job that somebody's worker holds all the time. */
export const BUSY = ['traffic', 'held'] as const;

/** Names of ours with other shapes, and names of others. */
const NAMES = ['send-welcome-email', 'export-orders', 'deliver-webhook', 'month-end-close', 'charge'];
const STILL = { skipStalledCheck: true, lockDuration: 600_000 };

interface SchedulerQueue {
  upsertJobScheduler(id: string, repeat: object, template: object): Promise<unknown>;
}

/** Fills each quiet queue in every state, as its owners would; nothing of it changes by itself for some minutes. */
export async function fillForeignQueues(broker: TestBroker): Promise<void> {
  await Promise.all(QUIET.map((queue) => fillQueue(broker, queue)));
  await broker.queue('shut').pause();
}

async function fillQueue(broker: TestBroker, name: string): Promise<void> {
  const queue = broker.queue(name);
  const worker = broker.worker(
    name,
    async (job) => {
      if (job.name === 'held') return new Promise(() => undefined);
      if (job.name === 'fails') throw new Error('their own fault');
      return { theirs: true };
    },
    STILL,
  );
  await queue.addBulk(['done', 'done', 'fails', 'held'].map((job) => ({ name: job, data: { shape: 'of their own' } })));
  await untilCounts(broker, name, { completed: 2, failed: 1, active: 1 });
  // The held one stays active, under a lock that lasts; it was the last, and one at a time: nothing more is under way.
  await worker.close(true);
  await queue.addBulk(NAMES.map((job) => ({ name: job, data: { shape: 'of their own' }, opts: { attempts: 5 } })));
  await queue.add(NAMES[0] ?? '', {}, { delay: 3_600_000 });
  await queue.add(NAMES[0] ?? '', {}, { priority: 5 });
  await queue.add(NAMES[0] ?? '', {}, { deduplication: { id: 'once', ttl: 3_600_000 } });
  await broker.flows().add({ name: 'parent', queueName: name, children: [{ name: 'child', queueName: name }] });
  await (queue as unknown as SchedulerQueue).upsertJobScheduler(
    'nightly',
    { pattern: '0 0 3 1 1 *' },
    { name: NAMES[0], data: {} },
  );
}

/** At least as many. */
async function untilCounts(broker: TestBroker, queue: string, wanted: Record<string, number>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    const counts: Record<string, number | null> =
      (await broker.backend.snapshot()).queues.find(({ name }) => name === queue)?.counts ?? {};
    if (Object.entries(wanted).every(([state, count]) => (counts[state] ?? 0) >= count)) return;
  }
  throw new Error(`${queue} never had ${JSON.stringify(wanted)}`);
}

/** Somebody's own jobs, twenty a second, and one that is held all the time. Resolves once they run; `stop` tells how many were added. */
export async function startForeignTraffic(broker: TestBroker): Promise<{ stop(): Promise<number> }> {
  const stopping = new AbortController();
  broker.worker('traffic', async () => 'ok');
  broker.worker('held', () => new Promise(() => undefined));
  await broker.queue('held').add('long', {});
  const running = (async () => {
    let added = 0;
    for (; !stopping.signal.aborted; added += 1) {
      await broker.queue('traffic').add('tick', { added });
      await sleep(50, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    return added;
  })();
  running.catch(() => undefined);
  await untilCounts(broker, 'held', { active: 1 });
  await untilCounts(broker, 'traffic', { completed: 1 });
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
