import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { loadEnv } from '@/lib/env';
import { VERBS } from '@/lib/http/all-verbs';
import { Buckets, type FigureNote } from '@/lib/store/figures/buckets';
import { Scopes } from '@/lib/store/history/scopes';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type Ask, execute, type Verb } from '@/lib/verbs';

const SOURCE = 'test';
const MINUTE = 60_000;
/** Whole minutes, so that buckets fall where they are looked for. */
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;

let broker: TestBroker;
let app: App;
let ask: Ask;

type Name = 'metric.series' | 'metric.summary' | 'metric.prometheus';

async function call<N extends Name>(name: N, raw: CallOf<N>): Promise<OutputOf<N>> {
  const own = { ...ask, signal: new AbortController().signal };
  return (await execute(VERBS[name] as unknown as Verb<N>, own, raw as Record<string, unknown>)) as OutputOf<N>;
}

/** `completed` and `failed` jobs in the minute that began so long ago, each with its run. */
async function write(minutesAgo: number, completed: number, failed: number, runMs: number): Promise<void> {
  const scopes = new Scopes(app.store, SOURCE);
  await scopes.prepare([{ queue: 'emails', name: 'mail' }]);
  const { source, queue, kind } = scopes.of('emails', 'mail');
  const of = { scopes: [source, queue, kind], at: NOW - minutesAgo * MINUTE + 1 };
  const notes: FigureNote[] = [
    { ...of, metric: 'added', times: completed + failed },
    { ...of, metric: 'started', times: completed + failed },
    { ...of, metric: 'completed', times: completed },
    { ...of, metric: 'failed', times: failed },
    ...Array.from({ length: completed + failed }, (): FigureNote => ({ ...of, metric: 'run', ms: runMs })),
    ...Array.from({ length: completed + failed }, (): FigureNote => ({ ...of, metric: 'wait', ms: 10 })),
  ];
  const buckets = new Buckets(app.store);
  await buckets.add(notes);
  await app.store.transaction((client) => buckets.write(client));
}

beforeAll(async () => {
  broker = await openRedisBroker();
  const { url } = broker.config;
  const sources = JSON.stringify([
    { name: SOURCE, url },
    { name: 'quiet', url, prefix: 'quiet' },
  ]);
  app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
  const headers = { idempotencyKey: null, lastEventId: null };
  ask = { ...app, actor: LOCAL_ACTOR, signal: new AbortController().signal, headers };
  await write(200, 50, 0, 100);
  await write(100, 30, 10, 100);
  await write(90, 30, 0, 100);
  await write(30, 90, 10, 100);
  await write(10, 100, 0, 1_000);
});
afterAll(async () => {
  await closeApp(app);
  await broker.close();
});

const iso = (minutesAgo: number) => new Date(NOW - minutesAgo * MINUTE).toISOString();

describe('figures', () => {
  it('sums a period, beside the one before', async () => {
    const summary = await call('metric.summary', { from: iso(60), to: iso(0) });
    expect(summary.now).toMatchObject({ added: 200, completed: 190, failed: 10, failureRate: 0.05 });
    expect(summary.before).toMatchObject({ completed: 60, failed: 10 });
    expect(summary.queues).toMatchObject([{ source: SOURCE, queue: 'emails', failed: 10 }]);
    expect(summary.lines.finished.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(200);
    expect(summary.now.finishedPerMinute).toBeCloseTo(200 / 60, 1);
  });

  it('takes percentiles from merged histograms, never from averages of percentiles', async () => {
    const { now } = await call('metric.summary', { source: SOURCE, queue: 'emails', from: iso(60), to: iso(0) });
    expect(now.run?.p50).toBeGreaterThan(98);
    expect(now.run?.p50).toBeLessThan(102);
    expect(now.run?.p95).toBeGreaterThan(980);
    expect(now.run?.p95).toBeLessThan(1_020);
  });

  it('gives series by step; a step without jobs is 0, a time before the record is not known', async () => {
    const found = await call('metric.series', {
      metric: 'completed,failed,runP95',
      from: iso(60),
      to: iso(0),
      step: 600_000,
    });
    const [completed, failed, run] = found.series;
    expect(completed?.values.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(190);
    expect(failed?.values.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBe(10);
    expect(completed?.values).toContain(0);
    expect(run?.values.some((one) => one === null)).toBe(true);
    const before = await call('metric.series', { metric: 'completed', from: iso(600), to: iso(500), step: 600_000 });
    expect(before.series[0]?.values.every((one) => one === null)).toBe(true);
    expect(found.knownSince).not.toBeNull();
  });

  it('tells a queue by the names of its jobs', async () => {
    const { names } = await call('metric.summary', { source: SOURCE, queue: 'emails', from: iso(60), to: iso(0) });
    expect(names).toMatchObject([{ name: 'mail', totals: { completed: 190, failed: 10 } }]);
  });

  it.each([
    [{ metric: 'completed', from: iso(0), to: iso(60) }, 'from'],
    [{ metric: 'completed', from: '2019-01-01T00:00:00.000Z' }, 'from'],
    [{ metric: 'completed', from: iso(60 * 24 * 20), step: 60_000 }, 'step'],
    [{ metric: 'sold', from: iso(60) }, 'metric[0]'],
    [{ metric: 'completed', from: iso(60), queue: 'emails' }, 'source'],
  ])('refuses what does not fit, by name', async (asked, path) => {
    await expect(call('metric.series', asked as CallOf<'metric.series'>)).rejects.toMatchObject({
      code: 'validation_failed',
      extra: { errors: [{ path }] },
    });
  });

  it('one read serves all who ask for the same at once', async () => {
    let reads = 0;
    const counted = {
      ...ask,
      store: {
        ...ask.store,
        query: (...given: Parameters<typeof ask.store.query>) => {
          reads += 1;
          return ask.store.query(...given);
        },
      },
    } as Ask;
    const asked = { from: iso(45), to: iso(0) };
    await Promise.all(
      Array.from({ length: 50 }, () =>
        execute(VERBS['metric.summary'] as unknown as Verb<'metric.summary'>, counted, asked),
      ),
    );
    expect(reads).toBeLessThan(20);
  });

  it('speaks to Prometheus', async () => {
    await app.store.query(
      `INSERT INTO queuedeck.set_aside (source, queue, job, reason, at)
       VALUES ($1, 'emails', '1', 'no', now()), ($1, 'emails', NULL, 'no', now()), ($1, 'emails', '2', 'no', now() - interval '25 hours')`,
      [SOURCE],
    );
    const text = await ((await call('metric.prometheus', {})) as unknown as Response).text();
    expect(text).toContain('queuedeck_jobs_completed_total{source="test",queue="emails"} 300');
    expect(text).toContain('queuedeck_jobs_failed_total{source="test",queue="emails"} 20');
    expect(text).toMatch(/queuedeck_job_run_seconds_bucket\{source="test",queue="emails",le="0.25"\} 220/);
    expect(text).toMatch(/queuedeck_job_run_seconds_count\{source="test",queue="emails"\} 320/);
    expect(text).toContain('queuedeck_source_up{source="test"} 1');
    expect(text).toContain('queuedeck_record_set_aside{source="test"} 2');
    expect(text).toContain('queuedeck_record_set_aside{source="quiet"} 0');
    for (const line of text.split('\n'))
      expect(line).toMatch(/^(#.*|[a-z0-9_]+(\{[^}]*\})? -?[\d.e+-]+|[a-z0-9_]+(\{[^}]*\})? (NaN|\+Inf)|)$/i);
  });
});
