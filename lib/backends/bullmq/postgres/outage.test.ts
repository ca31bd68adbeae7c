import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendEvent, QueueBackend } from '@/lib/backends/backend';
import { SourceConfig } from '@/lib/env';
import { startPostgres, type TestPostgres } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { openPostgresBackend } from '../postgres';

let server: TestPostgres;
let backend: QueueBackend;

beforeAll(async () => {
  server = await startPostgres();
  backend = openPostgresBackend(SourceConfig.parse({ name: 'test', url: server.url, embedded: true }));
});
afterAll(async () => {
  server.thaw();
  await backend.close();
  await server.stop();
});

const job = { name: 'n', data: {}, options: {} };

const calls = (): Record<string, () => Promise<unknown>> => ({
  snapshot: () => backend.snapshot(),
  listJobs: () => backend.listJobs('q', 'waiting', null, 5),
  getJob: () => backend.getJob('q', '1', 10),
  addJobs: () => backend.addJobs('q', [job]),
  listWorkers: () => backend.listWorkers(),
  pause: async () => backend.pause?.('q'),
  retry: async () => backend.retry?.('q', '1'),
  cancel: async () => backend.cancel?.('q', '1', { by: 'x', reason: null, at: 1 }),
  cancelState: async () => backend.cancelState?.('q', '1'),
});

async function expectAway() {
  const startedAt = Date.now();
  await Promise.all(
    Object.values(calls()).map((call) => expect(call()).rejects.toMatchObject({ code: 'broker_unavailable' })),
  );
  expect(Date.now() - startedAt).toBeLessThan(3000);
  const facts = await backend.facts();
  expect(facts).toMatchObject({ status: 'down', latencyMs: null });
  expect(facts.reason).toMatch(/^The /);
}

describe('a server that goes away', () => {
  it('brings its schema along when it is the embedded one', async () => {
    const facts = await backend.facts();
    expect(facts).toMatchObject({ status: 'up', reason: null, memory: null });
    expect(facts.version).toMatch(/^PostgreSQL \d+\.\d+$/);
    expect(await backend.addJobs('q', [job])).toMatchObject([{ id: '1', state: 'waiting', existed: false }]);
  });

  it('answers "away" within 3 s when it hangs, does nothing later, and is back when it wakes', async () => {
    server.freeze();
    try {
      await expectAway();
    } finally {
      server.thaw();
    }
    await until(async () => (await backend.facts()).status === 'up', 'the server to be back');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { items } = await backend.listJobs('q', 'waiting', null, 50);
    expect(items.map((row) => row.id)).toEqual(['1']);
    expect((await backend.snapshot()).queues[0]?.paused).toBe(false);
  });

  it('answers "away" at once when it is dead; the tail says "gap" once it is back', async () => {
    const events: BackendEvent[] = [];
    const stop = new AbortController();
    let stands = false;
    const done = (async () => {
      for await (const batch of backend.events(stop.signal)) {
        stands = true;
        events.push(...batch);
      }
    })();
    await until(() => stands, 'the tail');
    await server.kill();
    await expectAway();
    await server.restart();
    await until(() => events.some((event) => event.type === 'gap'), 'the gap');
    await backend.addJobs('after', [job]);
    await until(() => events.some((event) => event.type === 'state' && event.queue === 'after'), 'the next event');
    stop.abort();
    await done;
  });
});

describe('a server that does not fit', () => {
  const factsOf = async (config: Partial<SourceConfig>) => {
    const other = openPostgresBackend(SourceConfig.parse({ name: 'other', url: server.url, ...config }));
    try {
      const facts = await other.facts();
      await expect(other.snapshot()).rejects.toMatchObject({ code: 'broker_unavailable' });
      return facts;
    } finally {
      await other.close();
    }
  };

  it('is incompatible without the schema, and with one of a later BullMQ', async () => {
    const missing = await factsOf({ schema: 'elsewhere' });
    expect(missing.status).toBe('incompatible');
    expect(missing.reason).toContain('"elsewhere"');
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(`CREATE SCHEMA later; CREATE TABLE later.migration (version int, min_client_version int);
                        INSERT INTO later.migration VALUES (90, 9)`);
    await client.end();
    expect(await factsOf({ schema: 'later' })).toMatchObject({ status: 'incompatible' });
  });

  it('says in a sentence, without the password, what refuses', async () => {
    const url = new URL(server.url);
    url.password = 'wrong-secret';
    const facts = await factsOf({ url: url.href });
    expect(facts).toMatchObject({
      status: 'down',
      reason: 'The PostgreSQL server refuses this user name or password.',
    });
    url.password = 'test';
    url.pathname = '/nowhere';
    expect((await factsOf({ url: url.href })).reason).toBe('The PostgreSQL server has no such database.');
  });
});
