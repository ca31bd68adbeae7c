import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { SourceConfig } from '@/lib/env';
import { openPostgresBroker, type TestBroker } from '@/lib/testing/brokers';
import { readAll, refusalsOf } from '@/lib/testing/every-call';
import { makeRightsPlace, type RightsPlace, SHOP } from '@/lib/testing/rights-place';
import { readWholeBroker } from '@/lib/testing/whole-broker';
import { openPostgresBackend } from '../postgres';

/** Real roles of a real server, with the README's own grants, and those less one right each. */
const GRANTS = [...readFileSync('README.md', 'utf8').matchAll(/^GRANT .* TO queuedeck;$/gm)].map(([line]) => line);
const CONTROL = GRANTS.map((grant) => grant.replace('SCHEMA bullmq', 'SCHEMA queuedeck_control'));

let broker: TestBroker;
let admin: pg.Client;
let place: RightsPlace;
let backend: QueueBackend;
let roles = 0;

beforeAll(async () => {
  broker = await openPostgresBroker();
  place = await makeRightsPlace(broker);
  admin = new pg.Client({ connectionString: broker.config.url });
  await admin.connect();
});
afterEach(() => backend?.close());
afterAll(async () => {
  await admin.end();
  await broker.close();
});

/** As a new role, for which these statements were run. */
async function openAs(statements: string[]): Promise<QueueBackend> {
  const role = `watcher${roles++}`;
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'word'`);
  for (const statement of statements)
    await admin.query(statement.replaceAll(/\b(TO|FROM|ROLE) queuedeck\b/g, `$1 ${role}`));
  const url = Object.assign(new URL(broker.config.url), { username: role, password: 'word' });
  backend = openPostgresBackend(SourceConfig.parse({ name: 'test', url: url.href }));
  return backend;
}

const QUEUES = ['busy', 'children', 'cleaned', 'drained', 'orphaned', SHOP, 'swept'];

const WHY_A_JOB = ['standing', 'standing prioritized', 'standing mother', 'standing running'];

/** Reads that fail without it, each as a coded refusal; of the others, none does. */
const LOST: Record<string, string[]> = {
  event_seq: ['events'],
  job_log: ['getLogs', 'bulk.keepJobs'],
  job_dependency: [...WHY_A_JOB, 'bulk.keepJobs', 'flows.search', 'flows.nodes', 'flows.held', 'flows.level'],
  metrics: ['recording.readTotals'],
  rate_limit: ['readRateLimit', 'motion', 'motion busy', ...WHY_A_JOB],
  dedup: ['bulk.keepJobs'],
  scheduler: ['readMeta', 'schedulers.list', 'schedulers.have', 'schedulers.lastRuns', 'schedulers.find'],
};

const BESIDE: Record<string, string> = {
  job_log: "Refused to Queuedeck's role: its log.",
  job_dependency: "Refused to Queuedeck's role: its children.",
};

describe('the grants of the README', () => {
  it('read all that there is', async () => {
    expect(GRANTS).toHaveLength(3);
    await openAs([...GRANTS, ...CONTROL]);
    expect(await readAll(backend)).toEqual([]);
    expect(await backend.facts()).toMatchObject({ status: 'up', reason: null, missingRights: [] });
    expect((await backend.snapshot()).queues.map(({ name }) => name)).toEqual(QUEUES);
    expect((await backend.listWorkers()).map(({ beats }) => beats)).toEqual([true]);
  });

  it('change nothing: every change is a refusal with a code and the reason', async () => {
    await openAs([...GRANTS, ...CONTROL]);
    const before = await readJobs();
    const refusals = await refusalsOf(backend, place);
    expect(refusals.length).toBeGreaterThan(3);
    for (const one of refusals)
      expect(one).toMatch(
        /^broker_refused: The broker does not allow this to Queuedeck's role: it lacks a right on the (table|sequence|schema|database) \w+\.$/,
      );
    expect(await readJobs()).toEqual(before);
  });

  it.each(Object.keys(LOST))('less %s cost what it feeds, and name it', async (name) => {
    await openAs([...GRANTS, ...CONTROL, `REVOKE SELECT ON bullmq.${name} FROM queuedeck`]);
    const { missingRights } = await backend.facts();
    const remedy = `GRANT SELECT ON ${name === 'event_seq' ? 'SEQUENCE ' : ''}bullmq.${name}`;
    expect(missingRights).toMatchObject([{ right: `SELECT of bullmq.${name}`, remedy }]);
    expect(await readAll(backend, name === 'event_seq' ? 1_000 : undefined)).toEqual(LOST[name]);
    expect((await backend.snapshot()).queues.map((queue) => queue.name)).toEqual(QUEUES);
    expect(await backend.facts()).toMatchObject({ status: 'up', reason: null });
    const job = await backend.getJob(SHOP, 'mother', 100);
    expect([job?.name, job?.unreadable]).toEqual(['mother', BESIDE[name] ?? null]);
  });

  it.each(['job', 'meta', 'event', 'migration'])('less %s: no queue can be read, and why is told', async (name) => {
    await openAs([...GRANTS, ...CONTROL, `REVOKE SELECT ON bullmq.${name} FROM queuedeck`]);
    const reason = `The broker's role lacks SELECT of bullmq.${name}: no queue can be read; GRANT SELECT ON bullmq.${name}.`;
    await expect(backend.snapshot()).rejects.toMatchObject({ code: 'broker_refused', detail: reason });
    expect(await backend.facts()).toMatchObject({ status: 'restricted', reason });
  });

  it('less the schema: no queue can be read, and why is told', async () => {
    await openAs([]);
    const reason =
      "The broker's role lacks USAGE of schema bullmq: no queue can be read; GRANT USAGE ON SCHEMA bullmq.";
    expect(await backend.facts()).toMatchObject({ status: 'restricted', reason });
    await expect(backend.snapshot()).rejects.toMatchObject({ code: 'broker_refused', detail: reason });
  });

  it('less the control schema: only what workers tell is not known', async () => {
    await openAs(GRANTS);
    expect(await readAll(backend)).toEqual([]);
    expect((await backend.listWorkers()).map(({ beats }) => beats)).toEqual([false]);
    const { status, missingRights } = await backend.facts();
    expect([status, missingRights]).toMatchObject(['up', [{ remedy: 'GRANT USAGE ON SCHEMA queuedeck_control' }]]);
  });
});

it('reads all as a role whose transactions are read-only, and refuses every change', async () => {
  await openAs(['GRANT queuedeck TO queuedeck', 'ALTER ROLE queuedeck SET default_transaction_read_only = on']);
  expect(await readAll(backend)).toEqual([]);
  expect(await backend.facts()).toMatchObject({ status: 'up', missingRights: [] });
  const before = await readJobs();
  expect(await refusalsOf(backend, place)).toEqual([
    "broker_refused: The broker takes no changes: it is a standby, or the transactions of Queuedeck's role are read-only.",
  ]);
  expect(await readJobs()).toEqual(before);
});

/** What the jobs are; the worker that takes orders beats, and renews what it holds. */
async function readJobs() {
  const rows = Object.entries(await readWholeBroker(broker.config.url));
  return rows.filter(([name]) => name.startsWith('bullmq.') && !name.includes('"busy"'));
}
