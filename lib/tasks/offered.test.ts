import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { CodedError } from '@/lib/contracts/errors';
import type { Source, SourceList } from '@/lib/contracts/sources';
import type { TaskList } from '@/lib/contracts/tasks';
import { loadEnv } from '@/lib/env';
import { addFlow } from '@/lib/flows/add';
import { takeUpload } from '@/lib/http/take-upload';
import { addJobs } from '@/lib/jobs/add';
import { putScheduler } from '@/lib/schedulers/put';
import { listSources } from '@/lib/sources/list';
import { openStore } from '@/lib/store/store';
import { importTask } from '@/lib/tasks/import';
import { listTasks } from '@/lib/tasks/list';
import { runTask } from '@/lib/tasks/run';
import { listTaskRuns } from '@/lib/tasks/runs';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import type { Answer, Ask, Verb } from '@/lib/verbs';
import { execute } from '@/lib/verbs';

const REASON = 'Another worker takes its jobs: theirs@10.0.0.3.';

/** `watched` has no worker of ours, `one` and `two` have. */
describe('tasks of several sources', () => {
  let broker: TestBroker;
  let app: App;
  beforeAll(async () => {
    broker = await openRedisBroker();
    const { url } = broker.config;
    const sources = [
      { name: 'watched', url },
      { name: 'one', url, prefix: 'one', worker: true },
      { name: 'two', url, prefix: 'two', worker: true },
    ];
    const database = await createTestDatabase();
    const store = openStore(database);
    const register = (source: string, name: string, queue: string) =>
      store.query('INSERT INTO queuedeck.task (source, name, definition) VALUES ($1, $2, $3)', [
        source,
        name,
        JSON.stringify(taskOf(source, name, queue)),
      ]);
    const tell = (source: string, process: string, queue: string, reason: string | null, age = '0 s') =>
      store.query(
        `INSERT INTO queuedeck.worker_queue (source, process, queue, state, reason, since, seen_at)
         VALUES ($1, $2, $3, $4, $5, now(), now() - $6::interval)`,
        [source, process, queue, reason === null ? 'works' : 'left-alone', reason, age],
      );
    // What an earlier version has left of a broker that is only watched by now.
    await register('watched', 'stale', 'emails');
    await register('gone', 'stale', 'emails');
    for (const source of ['one', 'two']) await register(source, 'both', 'free');
    await register('one', 'kept-off', 'theirs');
    await register('one', 'shared', 'shared');
    await register('one', 'forgotten', 'forgotten');
    await tell('one', 'a', 'free', null);
    await tell('one', 'a', 'theirs', REASON);
    await tell('one', 'b', 'theirs', REASON);
    await tell('one', 'a', 'shared', REASON);
    await tell('one', 'b', 'shared', null);
    await tell('one', 'dead', 'forgotten', REASON, '2 minutes');
    await tell('watched', 'old', 'emails', null);
    await store.close();
    app = openApp(loadEnv({ QUEUEDECK_SOURCES: JSON.stringify(sources), DATABASE_URL: database }));
  });
  afterAll(async () => {
    await closeApp(app);
    await broker.close();
  });

  const ask = (): Ask => ({
    ...app,
    actor: LOCAL_ACTOR,
    signal: new AbortController().signal,
    headers: { idempotencyKey: null, lastEventId: null },
  });
  const run = (verb: unknown, raw: Record<string, unknown>, body?: unknown) =>
    execute(verb as Verb, ask(), raw, body) as Promise<unknown>;
  const problemOf = (asked: Promise<unknown>) =>
    asked.then(
      () => null,
      (error: CodedError) => ({ code: error.code, detail: error.detail }),
    );
  const added = async (asked: Promise<unknown>) => ((await asked) as Answer<Record<string, unknown>>).body;
  const waiting = async (source: string, queue: string) =>
    (await app.sources.get(source)?.backend.listJobs(queue, 'waiting', null, 50))?.items.length;

  it('are offered where our worker is, and tell why it leaves a queue alone', async () => {
    const { items } = (await run(listTasks, { limit: 50 })) as TaskList;
    expect(items.map(({ source, name, leftAlone }) => [source, name, leftAlone])).toEqual([
      ['one', 'both', null],
      ['two', 'both', null],
      ['one', 'forgotten', null],
      ['one', 'kept-off', REASON],
      ['one', 'shared', null],
    ]);
  });

  it('are not found where it is not, not even by their last runs', async () => {
    for (const [verb, raw] of [
      [runTask, { task: 'stale' }],
      [listTaskRuns, { task: 'stale', limit: 10 }],
    ] as const) {
      const problem = await problemOf(run(verb, raw, { input: {} }));
      expect(problem).toMatchObject({ code: 'task_not_found', detail: expect.stringContaining('both') });
    }
    expect(await problemOf(run(listTaskRuns, { task: 'both', source: 'watched', limit: 10 }))).toMatchObject({
      code: 'task_not_found',
    });
  });

  it('need the source to be named where several have them', async () => {
    expect(await problemOf(run(runTask, { task: 'both' }, { input: { to: 'a' } }))).toEqual({
      code: 'validation_failed',
      detail: 'source: is needed: one, two have this task.',
    });
    const job = await added(run(runTask, { task: 'both' }, { input: { to: 'a' }, source: 'two' }));
    expect(job).toMatchObject({ source: 'two', queue: 'free' });
    expect(await waiting('one', 'free')).toBe(0);
    expect(await problemOf(run(listTaskRuns, { task: 'both', limit: 10 }))).toMatchObject({
      code: 'validation_failed',
    });
    expect(await run(listTaskRuns, { task: 'both', source: 'two', limit: 10 })).toMatchObject({ items: [] });
  });

  it('are not enqueued where the queue is left alone: the answer is the reason', async () => {
    const refused = await problemOf(run(runTask, { task: 'kept-off' }, { input: { to: 'a' } }));
    expect(refused).toEqual({
      code: 'queue_state',
      detail: `Our worker leaves the queue "theirs" of "one" alone. ${REASON}`,
    });
    const upload = takeUpload(
      new Request('http://127.0.0.1/', { method: 'POST', body: '{"to":"a"}', headers: { 'content-type': 'text/csv' } }),
      ['text/csv'],
    );
    const file = execute(importTask, { ...ask(), upload }, { task: 'kept-off', dryRun: '0' });
    expect(await problemOf(file)).toMatchObject({ code: 'queue_state' });
    expect(await waiting('one', 'theirs')).toBe(0);
  });

  it('answer what was enqueued before, though the queue is left alone by now', async () => {
    const keyed = (idempotencyKey: string) => ({ ...ask(), headers: { idempotencyKey, lastEventId: null } });
    const enqueue = (key: string) =>
      execute(runTask, keyed(key), { task: 'shared' }, { input: { to: 'a' } }) as Promise<unknown>;
    const upload = (key: string) => {
      const [type, body] = ['application/x-ndjson', '{"input":{"to":"a"}}\n'];
      const sent = new Request('http://127.0.0.1/', { method: 'POST', body, headers: { 'content-type': type } });
      return execute(
        importTask,
        { ...keyed(key), upload: takeUpload(sent, [type]) },
        { task: 'shared', dryRun: '0' },
      ) as Promise<unknown>;
    };
    const first = await added(enqueue('before'));
    await upload('file');
    const both = "UPDATE queuedeck.worker_queue SET state = $1, reason = $2 WHERE process = 'b' AND queue = 'shared'";
    await app.store.query(both, ['left-alone', REASON]);
    await expect
      .poll(() => problemOf(enqueue(randomUUID())), { timeout: 10_000 })
      .toMatchObject({ code: 'queue_state' });
    const left = await waiting('one', 'shared');
    expect(await added(enqueue('before'))).toEqual(first);
    expect(await upload('file')).toMatchObject({ accepted: 1, existed: 1 });
    expect(await problemOf(upload('new'))).toMatchObject({ code: 'queue_state' });
    expect(await waiting('one', 'shared')).toBe(left);
    await app.store.query(both, ['works', null]);
  });

  it('do not rule jobs of their name in a queue that is somebody else’s', async () => {
    const theirs = { name: 'kept-off', data: { shape: 'of their own' } };
    const stale = { name: 'stale', data: { shape: 'of their own' } };
    const attemptsOf = async (source: string, queue: string, id: unknown) =>
      (await app.sources.get(source)?.backend.getJob(queue, String(id), 1_000))?.attempts;

    const one = await added(run(addJobs, { source: 'one', queue: 'theirs' }, theirs));
    expect(await attemptsOf('one', 'theirs', one.id)).toBe(1);
    const two = await added(run(addJobs, { source: 'watched', queue: 'emails' }, stale));
    expect(await attemptsOf('watched', 'emails', two.id)).toBe(1);
    await added(run(addFlow, {}, { source: 'watched', flow: { queue: 'emails', ...stale, children: [] } }));
    const plan = { everyMs: 3_600_000, template: stale };
    expect(await run(putScheduler, { source: 'watched', queue: 'emails', scheduler: 'hourly' }, plan)).toMatchObject({
      id: 'hourly',
    });
    // On a queue that ours works on the schema and the retries hold.
    expect(await problemOf(run(addJobs, { source: 'one', queue: 'free' }, { name: 'both', data: {} }))).toMatchObject({
      code: 'validation_failed',
    });
    const three = await added(run(addJobs, { source: 'one', queue: 'free' }, { name: 'both', data: { to: 'a' } }));
    expect(await attemptsOf('one', 'free', three.id)).toBe(3);
  });

  it('and the sources say what our worker does, or that it is not there', async () => {
    const { items } = (await run(listSources, { limit: 50 })) as SourceList;
    const workerOf = (name: string) => items.find((source) => source.name === name)?.worker as Source['worker'];
    expect(workerOf('watched')).toBeNull();
    expect(workerOf('two')).toEqual({ processes: 0, queues: [] });
    expect(workerOf('one')).toEqual({
      processes: 2,
      queues: [
        { queue: 'free', state: 'works', reason: null, since: expect.any(String) },
        { queue: 'shared', state: 'works', reason: null, since: expect.any(String) },
        { queue: 'theirs', state: 'left-alone', reason: REASON, since: expect.any(String) },
      ],
    });
  });

  it('which cannot be told while the store is away', async () => {
    const store = openStore('postgres://nobody@127.0.0.1:1/none');
    const asked = { ...ask(), store };
    const { items } = (await execute(listSources, asked, { limit: 50 })) as SourceList;
    expect(items.map(({ name, worker }) => [name, worker])).toEqual([
      ['one', { processes: null, queues: [] }],
      ['two', { processes: null, queues: [] }],
      ['watched', null],
    ]);
    await store.close();
  });
});

function taskOf(source: string, name: string, queue: string) {
  return {
    ...{ name, title: name, description: '', source, queue },
    inputSchema: {
      type: 'object',
      properties: { to: { type: 'string' } },
      required: ['to'],
      additionalProperties: false,
    },
    example: { to: 'ada' },
    attempts: 3,
    backoff: { type: 'fixed', delayMs: 1000 },
    timeoutMs: null,
    concurrency: 1,
  };
}
