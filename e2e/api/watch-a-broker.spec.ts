import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { BUSY, fillForeignQueues, QUIET, startForeignTraffic } from '@/e2e/support/foreign-jobs';
import { openPostgresBroker, openRedisBroker } from '@/lib/testing/brokers';
import { type Stack, startStack } from '@/lib/testing/stack';
import { readStillBroker, readWholeBroker, type WholeBroker } from '@/lib/testing/whole-broker';

const WATCHED_MS = 10_000;

/** What somebody who looks around asks for, again and again. */
const READS = [
  '/',
  '/queues',
  '/queues/default/emails',
  '/queues/default/emails/schedulers',
  '/queues/default/webhooks?state=failed',
  '/workers',
  '/schedulers',
  '/flows',
  '/tasks',
  '/failures',
  '/jobs?q=queue%3Aemails',
  '/sources/default',
  '/api/v1/queues',
  '/api/v1/workers',
  '/api/v1/sources',
  '/api/v1/sources/default',
  '/api/v1/sources/default/recorder',
  '/api/v1/schedulers',
  '/api/v1/flows',
  '/api/v1/metrics',
  '/api/v1/readyz',
  ...QUIET.flatMap((queue) => [
    `/api/v1/queues/default/${queue}`,
    `/api/v1/queues/default/${queue}/why`,
    `/api/v1/queues/default/${queue}/meta`,
    ...['waiting', 'prioritized', 'delayed', 'active', 'completed', 'failed', 'waiting-children'].map(
      (state) => `/api/v1/queues/default/${queue}/jobs?state=${state}`,
    ),
    ...['1', '3', '4'].flatMap((job) => [
      `/api/v1/queues/default/${queue}/jobs/${job}`,
      `/api/v1/queues/default/${queue}/jobs/${job}/why`,
      `/api/v1/queues/default/${queue}/jobs/${job}/logs`,
      `/api/v1/queues/default/${queue}/jobs/${job}/history`,
    ]),
  ]),
];

for (const [kind, open] of [
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)
  test(`ten seconds of watching leave a busy broker on ${kind} as it was`, async () => {
    test.setTimeout(180_000);
    const broker = await open();
    const { url } = broker.config;
    await fillForeignQueues(broker);
    const traffic = await startForeignTraffic(broker);
    let said = '';
    let stack: Stack | null = null;
    try {
      const before = await readStillBroker(url, QUIET, quietOnly);
      // As `npm start` is told: nothing but the broker's address.
      const env: Record<string, string> =
        kind === 'Redis' ? { REDIS_URL: url } : { QUEUEDECK_SOURCES: JSON.stringify([{ name: 'default', url }]) };
      stack = await startStack({ env, onOutput: (text) => (said += text) });
      const watched = await watch(stack.url);
      const after = await readWholeBroker(url);

      expect(quietOnly(after)).toEqual(quietOnly(before));
      expect(Object.keys(quietOnly(before)).length).toBeGreaterThan(100);
      expect(namesOf(after).filter((name) => !namesOf(before).includes(name) && !isBusy(name))).toEqual([]);
      expect(watched.faults).toEqual([]);
      expect(watched.frames).toBeGreaterThan(0);
      await expectWatchingOnly(stack, said);
      await expectRecorded(stack.url);
    } finally {
      expect(await traffic.stop()).toBeGreaterThan(0);
      await stack?.stop();
      await broker.close();
    }
  });

/** Three streams, and two who ask for all that there is. */
async function watch(url: string): Promise<{ faults: string[]; frames: number }> {
  const faults = new Set<string>();
  let frames = 0;
  const until = Date.now() + WATCHED_MS;
  const streams = new AbortController();
  const streaming = Array.from({ length: 3 }, async () => {
    const response = await fetch(`${url}/api/v1/live?topics=overview,queue:default/emails`, { signal: streams.signal });
    if (!response.ok) faults.add(`stream: ${response.status}`);
    for await (const _ of response.body ?? []) frames += 1;
  });
  const viewers = Array.from({ length: 2 }, async (_, viewer) => {
    for (let i = viewer; Date.now() < until; i += 1) {
      const at = READS[i % READS.length] ?? '/';
      const response = await fetch(url + at);
      await response.arrayBuffer();
      if (!response.ok) faults.add(`${at}: ${response.status}`);
    }
  });
  await Promise.all(viewers);
  streams.abort();
  await Promise.allSettled(streaming);
  return { faults: [...faults], frames };
}

/** `bull:<queue>:…`, or a row `bullmq.<table> {…, "queue": <queue>, …}`. */
const isOf = (queues: readonly string[]) => (name: string) =>
  queues.some(
    (queue) =>
      name.startsWith(`bull:${queue}:`) || name.includes(`queue": "${queue}"`) || name.includes(`queue":"${queue}"`),
  );
const isBusy = (name: string) => isOf(BUSY)(name) || /^bullmq\.\S+ (rows|\{)/.test(name);

const quietOnly = (whole: WholeBroker): WholeBroker =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => isOf(QUIET)(name)));

/** Keys; on PostgreSQL tables, sequences, and the schemas by their names. */
const namesOf = (whole: WholeBroker): string[] =>
  Object.entries(whole).map(([name, text]) => (name === 'schemas' ? `schemas ${text}` : name));

async function expectWatchingOnly(stack: Stack, said: string): Promise<void> {
  expect(said).toContain('watching only: no worker of ours');
  const processes = execFileSync('ps', ['-eo', 'ppid=,args='], { encoding: 'utf8' }).split('\n');
  const ours = processes.filter((line) => line.trim().startsWith(`${stack.pid} `) && line.includes('worker.mjs'));
  expect(ours).toEqual([expect.stringMatching(/worker\.mjs monitor$/)]);

  const read = async (at: string) => (await fetch(`${stack.url}/api/v1${at}`)).json();
  expect((await read('/sources')).items).toMatchObject([{ name: 'default', status: 'up', worker: null }]);
  expect((await read('/tasks')).items).toEqual([]);
  const run = await fetch(`${stack.url}/api/v1/tasks/send-welcome-email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: { to: 'ada@example.com', name: 'Ada' } }),
  });
  expect([run.status, (await run.json()).code]).toEqual([404, 'task_not_found']);
}

/** The monitor has recorded meanwhile, and every count is shown as the broker has it. */
async function expectRecorded(url: string): Promise<void> {
  const search = async (q: string) =>
    (await (await fetch(`${url}/api/v1/jobs?q=${encodeURIComponent(q)}&limit=5`)).json()).items.length as number;
  await expect.poll(() => search('queue:traffic state:completed'), { timeout: 20_000 }).toBeGreaterThan(0);
  await expect.poll(() => search('queue:emails state:failed'), { timeout: 20_000 }).toBe(1);
  const { items } = (await (await fetch(`${url}/api/v1/queues?limit=200`)).json()) as {
    items: { name: string; counts: object; paused: boolean }[];
  };
  const counts = { active: 1, completed: 2, failed: 1, delayed: 2, prioritized: 1, 'waiting-children': 1, waiting: 7 };
  for (const queue of QUIET)
    expect(items.find(({ name }) => name === queue)).toMatchObject({ counts, paused: queue === 'shut' });
}
