import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { Comparison } from '@/lib/contracts/metrics';
import { loadEnv } from '@/lib/env';
import { compareJob } from '@/lib/metrics/compare';
import { Buckets, type FigureNote } from '@/lib/store/figures/buckets';
import { Scopes } from '@/lib/store/history/scopes';
import { writeRecorded } from '@/lib/store/testing/recorded-jobs';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { execute } from '@/lib/verbs';

const SOURCE = 'test';
let broker: TestBroker;
let app: App;

beforeAll(async () => {
  broker = await openRedisBroker();
  const sources = JSON.stringify([{ name: SOURCE, url: broker.config.url }]);
  app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
});
afterAll(async () => {
  await closeApp(app);
  await broker.close();
});

/** Jobs of a name that completed a moment ago, and one of them looked at. */
async function compareAmong(jobs: number): Promise<Comparison> {
  const name = `of-${jobs}`;
  const scopes = new Scopes(app.store, SOURCE);
  await scopes.prepare([{ queue: 'emails', name }]);
  const of = scopes.of('emails', name);
  const base = { scopes: [of.source, of.queue, of.kind], at: Date.now() - 1 };
  const notes = Array.from({ length: jobs }, (): FigureNote[] => [
    { ...base, metric: 'completed', times: 1 },
    { ...base, metric: 'run', ms: 100 },
    { ...base, metric: 'wait', ms: 10 },
  ]).flat();
  const buckets = new Buckets(app.store);
  await buckets.add(notes);
  await app.store.transaction((client) => buckets.write(client));
  await writeRecorded(app.store, SOURCE, [{ id: name, name, runMs: 5_000 }]);
  const headers = { idempotencyKey: null, lastEventId: null };
  const ask = { ...app, actor: LOCAL_ACTOR, signal: new AbortController().signal, headers };
  return (await execute(compareJob, ask, { source: SOURCE, queue: 'emails', job: name })) as Comparison;
}

it('compares a job with 20 others, and with fewer says how many there are', async () => {
  expect(await compareAmong(19)).toMatchObject({
    jobs: 19,
    needed: 20,
    wait: null,
    run: null,
    failureRate: null,
    isSlow: false,
  });
  const enough = await compareAmong(20);
  expect(enough).toMatchObject({ jobs: 20, needed: 20, failureRate: 0, isSlow: false });
  expect(enough.run?.p50).toBeGreaterThan(90);
  expect((await compareAmong(50)).isSlow).toBe(true);
});
