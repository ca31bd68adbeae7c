import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import type { App } from '@/lib/context';
import type { FlowList } from '@/lib/contracts/flows';
import { loadEnv } from '@/lib/env';
import { type FlowFailure, writeFlowFailures } from '@/lib/store/flows/write-failures';
import { openStore } from '@/lib/store/store';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { execute } from '@/lib/verbs';
import { listFlows } from './list';

const AT = Date.UTC(2026, 10, 1);

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('flows in which a job failed, on %s', (_name, open) => {
  let broker: TestBroker;
  let app: App;
  const list = async (more: object = {}) => {
    const headers = { idempotencyKey: null, lastEventId: null };
    const ask = { ...app, actor: LOCAL_ACTOR, signal: new AbortController().signal, headers };
    return (await execute(listFlows, ask, { state: 'failed', ...more })) as FlowList;
  };
  const record = (failures: FlowFailure[]) =>
    app.store.transaction((client) => writeFlowFailures(client, 'test', failures, []));
  const failure = (queue: string, id: string, root: string, seconds: number): FlowFailure => ({
    ...{ queue, id, name: `name-${id}`, root: { queue: 'top', id: root }, addedAt: AT },
    failedAt: AT + seconds * 1_000,
  });
  const setRecorder = (agoSeconds: number) =>
    app.store.query(
      `INSERT INTO queuedeck.recorder (source, cursor, updated_at) VALUES ('test', '{}', now() - make_interval(secs => $1))
       ON CONFLICT (source) DO UPDATE SET updated_at = excluded.updated_at`,
      [agoSeconds],
    );
  const stateOf = async (queue: string, id: string) => (await broker.backend.getJob(queue, id, 10))?.state;

  beforeAll(async () => {
    broker = await open();
    const sources = new Map([['test', { config: broker.config, backend: broker.backend }]]);
    app = { env: loadEnv({}), store: openStore(await createTestDatabase()), sources };
    for (let i = 0; i < 5; i += 1)
      await broker.flows().add({
        ...{ name: `flow-${i}`, queueName: 'top', opts: { jobId: `root-${i}` } },
        children: [
          {
            ...{ name: 'mid', queueName: 'mid', opts: { jobId: `mid-${i}` } },
            children: [{ name: 'fails', queueName: 'leaf', opts: { jobId: `leaf-${i}` } }],
          },
          { name: 'fails', queueName: 'leaf', opts: { jobId: `near-${i}` } },
        ],
      });
    broker.worker('leaf', async () => {
      throw new Error('no');
    });
    const failed = async () =>
      (await broker.backend.snapshot()).queues.find(({ name }) => name === 'leaf')?.counts.failed === 10;
    await until(failed, 'the leaves to fail');
    await broker.backend.queueNames();
  }, 120_000);
  afterAll(async () => {
    await broker.close();
    await app.store.close();
  });

  it('are looked for where no record is up to date, and the list says so', async () => {
    await setRecorder(3_600);
    const found = await list();
    expect(found.items.map(({ name }) => name).sort()).toEqual(['flow-0', 'flow-1', 'flow-2', 'flow-3', 'flow-4']);
    expect(found).toMatchObject({ failing: null, recorded: [], limits: expect.any(String) });
    expect(found.searched).toBeGreaterThan(0);
    expect(found.items[0]).toMatchObject({ failed: null, children: { total: 2, pending: 1, failed: 1, holding: 1 } });
  });

  it('are those of the record, the newest failure first, page by page, with what failed in each', async () => {
    await setRecorder(0);
    await record([0, 1, 2, 3, 4].flatMap((i) => [failure('leaf', `leaf-${i}`, `root-${i}`, 10 * i)]));
    await record([failure('leaf', 'near-1', 'root-1', 99), failure('leaf', 'near-0', 'root-9-is-gone', 5)]);
    const met: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: FlowList = await list({ limit: '2', ...(cursor ? { cursor } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      expect(page).toMatchObject({ searched: 0, limits: null, failing: { flows: 6, atLeast: false } });
      expect(page.recorded).toEqual([{ source: 'test', since: null, unreadQueues: 0 }]);
      met.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(met).toEqual(['root-1', 'root-4', 'root-3', 'root-2', 'root-9-is-gone', 'root-0']);
    const all = await list();
    expect(all.items[0]).toMatchObject({
      ...{ id: 'root-1', name: 'flow-1', state: 'waiting-children', at: new Date(AT + 99_000).toISOString() },
      failed: { count: 2, jobs: [{ queue: 'leaf', id: 'near-1', name: 'name-near-1' }, { id: 'leaf-1' }] },
    });
    // Its root is gone, what failed is not.
    expect(all.items[4]).toMatchObject({ state: null, children: null, failed: { count: 1, jobs: [{ id: 'near-0' }] } });
    const open = await list({ state: 'waiting-children' });
    expect(open).toMatchObject({ failing: { flows: 6, atLeast: false }, recorded: null });
  });

  it('leave at once what is failed no longer, though no event told of it', async () => {
    await broker.backend.retry?.('leaf', 'near-1');
    await until(async () => (await stateOf('leaf', 'near-1')) === 'failed', 'it to fail anew');
    await broker.backend.remove?.('leaf', 'leaf-4', false);
    await broker.backend.remove?.('leaf', 'near-0', false);
    const found = await list();
    expect(found.items.map(({ id }) => id)).toEqual(['root-1', 'root-3', 'root-2', 'root-0']);
    expect((await list()).failing).toEqual({ flows: 4, atLeast: false });
  });

  it('tell what the record lacks', async () => {
    await app.store.query(`UPDATE queuedeck.recorder SET flows_since = to_timestamp($1)`, [AT / 1_000]);
    await app.store.query(
      `INSERT INTO queuedeck.recorder_queue (source, key, name, swept) VALUES ('test', 'a', '"a"', false), ('test', 'b', '"b"', true)`,
    );
    expect((await list()).recorded).toEqual([{ source: 'test', since: new Date(AT).toISOString(), unreadQueues: 1 }]);
  });

  it('are none where a cursor is forged', async () => {
    const cursor = Buffer.from('{"f":1,"r":"zz"}').toString('base64url');
    await expect(list({ cursor })).rejects.toMatchObject({ code: 'validation_failed' });
  });
});
