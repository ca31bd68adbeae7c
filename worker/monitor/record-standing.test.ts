import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { RecordStandingList } from '@/lib/contracts/recorder';
import { loadEnv } from '@/lib/env';
import { listRecorders } from '@/lib/sources/recorders';
import { insertSetAside } from '@/lib/store/recording/set-aside';
import { checkReady } from '@/lib/system/ready';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type Answer, type Ask, execute } from '@/lib/verbs';
import { recordHistory } from './record-history';

const SOURCE = 'default';
const SOON = { timeout: 15_000, interval: 200 };

interface Ready {
  status: string;
  checks: Record<string, string>;
  reasons: string[];
}

let broker: TestBroker;
let app: App;
const monitor = new AbortController();
let recording: Promise<void>;

beforeAll(async () => {
  broker = await openRedisBroker();
  const sources = JSON.stringify([{ name: SOURCE, url: broker.config.url }]);
  app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
});
afterAll(async () => {
  monitor.abort();
  await recording;
  await closeApp(app);
  await broker.close();
});

const asker = (): Ask => ({
  ...app,
  actor: LOCAL_ACTOR,
  signal: new AbortController().signal,
  headers: { idempotencyKey: null, lastEventId: null },
});

async function readReady(): Promise<Ready & { httpStatus: number }> {
  const { body, status } = (await execute(checkReady, asker(), {})) as Answer<Ready>;
  return { ...body, httpStatus: status };
}

const standing = async () => ((await execute(listRecorders, asker(), {})) as RecordStandingList).items[0];

describe('whether a source is recorded', () => {
  it('says that nobody does before a monitor came', async () => {
    await expect.poll(readReady, SOON).toEqual({
      httpStatus: 200,
      status: 'degraded',
      checks: { store: 'ok', 'source:default': 'ok', 'record:default': 'no monitor records it' },
      reasons: ['record:default: no monitor records it'],
    });
    expect(await standing()).toEqual({ source: SOURCE, state: 'nobody', lagMs: null, setAside: 0 });
  });

  it('is well soon after one came', async () => {
    const { store, sources } = app;
    const backend = sources.get(SOURCE)?.backend;
    if (!backend) throw new Error('no source');
    recording = recordHistory({ store, backend, owner: 'host:1:a', keepMs: 86_400_000, signal: monitor.signal });
    await expect.poll(readReady, SOON).toMatchObject({ httpStatus: 200, status: 'ok', reasons: [] });
    await expect.poll(standing, SOON).toEqual({ source: SOURCE, state: 'recording', lagMs: 0, setAside: 0 });
  });

  it('says what was set aside within a day, and not what was before', async () => {
    const one = (job: string) => ({ queue: 'q', job, reason: 'no', sample: null });
    await app.store.transaction((client) => insertSetAside(client, SOURCE, ['1', '2', '3', 'old'].map(one)));
    await app.store.query(`UPDATE queuedeck.set_aside SET at = now() - interval '25 hours' WHERE job = 'old'`);
    const words = '3 jobs or queues set aside within 24 h';
    await expect.poll(readReady, SOON).toMatchObject({
      httpStatus: 200,
      status: 'degraded',
      checks: { 'record:default': words },
      reasons: [`record:default: ${words}`],
    });
    await expect.poll(standing, SOON).toMatchObject({ state: 'recording', setAside: 3 });
    await app.store.query('DELETE FROM queuedeck.set_aside');
  });

  it('lets a monitor be away for a moment, then says that nobody records', async () => {
    monitor.abort();
    await recording;
    await silentFor('2 seconds', false);
    expect((await standing())?.state).toBe('recording');
    await silentFor('11 seconds', false);
    await expect.poll(standing, SOON).toMatchObject({ state: 'nobody' });
    await expect
      .poll(readReady, SOON)
      .toMatchObject({ httpStatus: 200, reasons: ['record:default: no monitor records it'] });
  });

  it('says how late a monitor is that has it and does not come on', async () => {
    await silentFor('2 minutes', true);
    await expect.poll(standing, SOON).toMatchObject({ state: 'late', setAside: 0 });
    expect((await standing())?.lagMs).toBeGreaterThan(100_000);
    const behind = expect.stringMatching(/^record:default: the record is [1-9]\d* min/);
    await expect.poll(readReady, SOON).toMatchObject({ httpStatus: 200, status: 'degraded', reasons: [behind] });
  });

  it('says nothing of the record of a broker that is away: that is the reason', async () => {
    await broker.server.kill();
    await expect.poll(readReady, SOON).toMatchObject({ httpStatus: 503, status: 'degraded' });
    const { checks, reasons } = await readReady();
    expect(Object.keys(checks).sort()).toEqual(['source:default', 'store']);
    expect(reasons).toEqual([expect.stringMatching(/^source:default: /)]);
  });
});

/** As a monitor leaves it that wrote last so long ago, and has the lease still or not. */
async function silentFor(time: string, isHeld: boolean): Promise<void> {
  await app.store.query(
    `UPDATE queuedeck.recorder SET updated_at = now() - $1::interval, lease_until = CASE WHEN $2 THEN now() + interval '1 minute' END`,
    [time, isHeld],
  );
}
