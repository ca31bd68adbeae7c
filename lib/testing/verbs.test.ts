import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { LOCAL_ACTOR, mayDo } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import { ENDPOINTS, methodAndPath } from '@/lib/contracts/endpoints';
import { CodedError, ERRORS } from '@/lib/contracts/errors';
import { ROUTES, type VerbName } from '@/lib/contracts/routes';
import { loadEnv } from '@/lib/env';
import { VERBS } from '@/lib/http/all-verbs';
import { type Ask, execute, type Verb } from '@/lib/verbs';
import { openRedisBroker, type TestBroker } from './brokers';
import { createTestDatabase } from './test-database';

/**
 * Role, permission, read-only and audit of every verb, by the endpoint table alone: a new verb is in this test the moment it has
 * its line in ROUTES. One whose body cannot be `{}` needs an example here.
 */
const BODIES: Partial<Record<VerbName, (at: { queue: string }) => unknown>> = {
  'job.add': () => ({ name: 'n' }),
  'job.edit': () => ({ data: {} }),
  'job.prioritize': () => ({ priority: 1 }),
  'job.reschedule': () => ({ delayMs: 1 }),
  'job.progress': () => ({ progress: 1 }),
  'job.log': () => ({ lines: ['a'] }),
  'queue.clean': () => ({ state: 'completed' }),
  'queue.obliterate': ({ queue }) => ({ confirm: queue }),
  'queue.set-concurrency': () => ({ concurrency: 1 }),
  'queue.set-rate-limit': () => ({ max: 1, durationMs: 1000 }),
  'queue.trim-events': () => ({ maxLength: 10 }),
  'scheduler.put': () => ({ everyMs: 3_600_000, template: { name: 'n' } }),
  'scheduler.preview': () => ({ everyMs: 3_600_000 }),
  'flow.add': ({ queue }) => ({ source: SOURCE, flow: { name: 'n', queue } }),
  'worker.set-concurrency': () => ({ concurrency: 1 }),
  'operation.preview': ({ queue }) => ({
    filter: { source: SOURCE, queue, states: ['failed'] },
    action: { kind: 'retry' },
  }),
  'operation.create': ({ queue }) => ({
    filter: { source: SOURCE, queue, states: ['failed'] },
    action: { kind: 'retry' },
    reason: 'a test',
  }),
  'view.create': () => ({ name: 'n', q: '' }),
  'view.replace': () => ({ name: 'n', q: '' }),
  'failure.mute': () => ({ failures: 10 }),
  'failure.merge': () => ({ groups: [2] }),
  'failure.split': () => ({ groups: [2] }),
  'failure.note': () => ({ note: 'n' }),
  'failure.operate': () => ({ action: 'retry', reason: 'a test' }),
  'deploy.add': () => ({ version: '1.0.0' }),
  'bin.restore': () => ({ entries: ['1'] }),
};

/** What must stand in the query. */
const QUERIES: Partial<Record<VerbName, Record<string, string>>> = {
  'job.list': { state: 'waiting' },
  'job.suggest': { at: '0' },
  'metric.series': { metric: 'completed', from: new Date(Date.now() - 3_600_000).toISOString() },
  'metric.summary': { from: new Date(Date.now() - 3_600_000).toISOString() },
};

const SOURCE = 'test';
const NAMES = Object.keys(ROUTES) as VerbName[];
const WITH_VERB = NAMES.filter((name): name is keyof typeof VERBS => name !== 'live.stream');
const verbOf = (name: keyof typeof VERBS) => VERBS[name] as unknown as Verb;
const ACTIONS = WITH_VERB.filter((name) => verbOf(name).kind === 'action');

/** What a caller would send to a queue of the verb's own. */
function exampleOf(name: VerbName) {
  const queue = `table-${name}`;
  const [, path] = methodAndPath(name);
  const values: Record<string, string> = {
    source: SOURCE,
    queue,
    operation: randomUUID(),
    view: randomUUID(),
    group: '1',
  };
  const raw = Object.fromEntries(
    [...path.matchAll(/\{(\w+)\}/g)].map(([, one = '']) => [one, values[one] ?? 'nobody']),
  );
  const schema = (ENDPOINTS[name].door ?? ENDPOINTS[name].body) as z.ZodType | null;
  const body = schema === null ? undefined : (BODIES[name]?.({ queue }) ?? {});
  return { queue, raw, body, schema };
}

describe('the table of verbs', () => {
  let broker: TestBroker;
  let app: App;
  let storeless: App;
  beforeAll(async () => {
    broker = await openRedisBroker();
    const sources = JSON.stringify([{ name: SOURCE, url: broker.config.url }]);
    app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
    storeless = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }));
    await Promise.all(ACTIONS.map((name) => broker.queue(`table-${name}`).add('n', {})));
  });
  afterAll(async () => {
    await Promise.all([closeApp(app), closeApp(storeless)]);
    await broker.close();
  });

  const askOf = (name: VerbName, over: Partial<Ask> = {}): Ask => ({
    ...app,
    actor: { kind: 'local', name: `table-${name}`, role: 'operator' },
    signal: AbortSignal.timeout(20_000),
    headers: { idempotencyKey: null, lastEventId: null },
    ...(ENDPOINTS[name].media ? { upload: { type: 'text/csv', bytes: oneLine() } } : {}),
    ...over,
  });
  const ask = async (name: keyof typeof VERBS, over: Partial<Ask> = {}): Promise<string> => {
    const { raw, body } = exampleOf(name);
    try {
      await execute(verbOf(name), askOf(name, over), raw, body);
      return 'done';
    } catch (error) {
      if (error instanceof CodedError) return error.code;
      throw error;
    }
  };
  const auditOf = (name: VerbName) =>
    app.store.query<{ outcome: string | null; finished_at: Date | null }>(
      `SELECT outcome, finished_at FROM queuedeck.audit WHERE action = $1 AND actor->>'name' = $2`,
      [name, `table-${name}`],
    );

  it('is read at all', () => {
    expect(ACTIONS.length).toBeGreaterThan(20);
  });

  it.each(WITH_VERB)('%s has an example here that its own contract takes', (name) => {
    const { raw, body, schema } = exampleOf(name);
    const fits = schema === null || schema.safeParse(body).success;
    expect(fits, `add a body for ${name} to BODIES in this file`).toBe(true);
    const input = ENDPOINTS[name].input as z.ZodType;
    const query = { ...raw, ...QUERIES[name] };
    expect(input.safeParse(query).error?.issues ?? []).toEqual([]);
  });

  it.each(WITH_VERB)('%s asks for the role that its kind needs', (name) => {
    const isAction = verbOf(name).kind === 'action';
    expect(mayDo({ ...LOCAL_ACTOR, role: 'viewer' }, name)).toBe(!isAction);
    expect(mayDo(LOCAL_ACTOR, name)).toBe(true);
    expect(verbOf(name).name).toBe(name);
    if (isAction) expect(methodAndPath(name)[0]).not.toBe('GET');
  });

  it.each(ACTIONS)('%s is refused to a viewer, and leaves no trace', async (name) => {
    const viewer = { kind: 'local', name: `table-${name}`, role: 'viewer' } as const;
    expect(await ask(name, { actor: viewer })).toBe('forbidden');
    expect(await auditOf(name)).toEqual([]);
  });

  it.each(ACTIONS)('%s is refused by a read-only Queuedeck', async (name) => {
    expect(await ask(name, { env: { ...app.env, readOnly: true } })).toBe('read_only');
    expect(await auditOf(name)).toEqual([]);
  });

  it.each(ACTIONS)('%s does nothing where the audit cannot be written', async (name) => {
    const { queue } = exampleOf(name);
    expect(await ask(name, { store: storeless.store })).toBe('store_unavailable');
    const figures = (await broker.backend.snapshot()).queues.find((one) => one.name === queue);
    expect(figures).toMatchObject({ paused: false, concurrency: null, rateLimit: null, counts: { waiting: 1 } });
  });

  it.each(ACTIONS)('%s writes that it started, and what came of it', async (name) => {
    const outcome = await ask(name);
    const rows = await auditOf(name);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.outcome).toBe(outcome);
    expect(rows[0]?.finished_at).toBeInstanceOf(Date);
    if (outcome !== 'done') expect(Object.keys(ERRORS)).toContain(outcome);
    expect(outcome).not.toBe('internal');
  });

  it.each(['job.add', 'job.duplicate', 'flow.add', 'task.run', 'task.import', 'system.ready'] as const)(
    '%s goes by the vital lane alone',
    async (name) => {
      const store = { ...storeless.store, vital: app.store.vital };
      expect(await ask(name, { store })).not.toBe('store_unavailable');
      expect(await ask(name, { store: storeless.store })).toBe(name === 'system.ready' ? 'done' : 'store_unavailable');
    },
  );
});

async function* oneLine() {
  yield Buffer.from('to\nada\n');
}
