import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';

/** What is told to this process, as JSON in its first argument. `perSecond` null: all are added first, then run as fast as it goes. */
export interface WorkloadConfig {
  url: string;
  queue: string;
  jobs: number;
  perSecond: number | null;
  /** How many events BullMQ keeps; left out, its own default. */
  maxEvents?: number;
}

/** It prints this as one line of JSON: from the first job that was taken to the last that ended. */
export interface WorkloadResult {
  seconds: number;
}

const TICK_MS = 50;
/** Of ~500 bytes, like a welcome e-mail's. */
const DATA = { to: 'someone@example.com', template: 'welcome', text: 'x'.repeat(400) };

const { url, queue: name, jobs, perSecond, maxEvents } = JSON.parse(process.argv[2] ?? '') as WorkloadConfig;
const { hostname: host, port } = new URL(url);
const connection = { host, port: Number(port), maxRetriesPerRequest: null };
const queue = new Queue(name, {
  connection,
  ...(maxEvents === undefined ? {} : { streams: { events: { maxLen: maxEvents } } }),
});
const add = (count: number, from: number) =>
  queue.addBulk(
    Array.from({ length: count }, (_, i) => ({
      name: i % 2 ? 'welcome' : 'invoice',
      data: { ...DATA, userId: from + i },
      opts: { removeOnComplete: { count: 5_000 } },
    })),
  );

async function addAll(): Promise<void> {
  const each = perSecond === null ? 1_000 : Math.round((perSecond * TICK_MS) / 1000);
  const startedAt = performance.now();
  for (let added = 0; added < jobs; added += each) {
    await add(Math.min(each, jobs - added), added);
    if (perSecond === null) continue;
    const dueMs = ((added + each) / perSecond) * 1000 - (performance.now() - startedAt);
    if (dueMs > 0) await sleep(dueMs);
  }
}

if (perSecond === null) await addAll();
let ended = 0;
let startedAt = 0;
const done = new Promise<void>((resolve) => {
  const worker = new Worker(
    name,
    async () => {
      startedAt ||= performance.now();
      return { ok: true };
    },
    { connection, concurrency: 100 },
  );
  worker.on('error', () => undefined);
  worker.on('completed', () => {
    ended += 1;
    if (ended === jobs) resolve();
  });
});
if (perSecond !== null) await addAll();
await done;
const result: WorkloadResult = { seconds: (performance.now() - startedAt) / 1000 };
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
