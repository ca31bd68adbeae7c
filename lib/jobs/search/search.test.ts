import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { CodedError } from '@/lib/contracts/errors';
import { loadEnv } from '@/lib/env';
import { VERBS } from '@/lib/http/all-verbs';
import { writeRecorded } from '@/lib/store/testing/recorded-jobs';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';

const SOURCE = 'test';
const NOW = Date.now();
const MINUTE = 60_000;

let broker: TestBroker;
let app: App;
let ask: Ask;

type Name =
  | 'job.search'
  | 'job.suggest'
  | 'job.history'
  | 'job.export'
  | 'view.list'
  | 'view.create'
  | 'view.replace'
  | 'view.remove';

async function call<N extends Name>(name: N, { body, ...raw }: CallOf<N> & { body?: unknown }): Promise<OutputOf<N>> {
  const answer = await execute(VERBS[name] as unknown as Verb<N>, ask, raw, body);
  return (answer instanceof Answer ? answer.body : answer) as OutputOf<N>;
}

const find = (q: string, more: object = {}) => call('job.search', { q, ...more });
const idsOf = async (q: string, more: object = {}) => (await find(q, more)).items.map(({ id }) => id).sort();

beforeAll(async () => {
  broker = await openRedisBroker();
  const sources = JSON.stringify([{ name: SOURCE, url: broker.config.url }]);
  app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
  ask = {
    ...app,
    actor: LOCAL_ACTOR,
    signal: new AbortController().signal,
    headers: { idempotencyKey: null, lastEventId: null },
  };
  await writeRecorded(app.store, SOURCE, [
    {
      id: 'a',
      name: 'send-mail',
      data: { userId: 42, to: 'ann@example.com' },
      addedAt: NOW - 5 * MINUTE,
      waitMs: 40_000,
      runMs: 90,
    },
    {
      id: 'b',
      name: 'send-mail',
      state: 'failed',
      error: '421 4.7.0 Try again later',
      data: { userId: 43 },
      addedAt: NOW - 10 * MINUTE,
      attemptsMade: 5,
      worker: 'w1:7',
    },
    {
      id: 'c',
      name: 'send-sms',
      state: 'failed',
      error: 'timeout of 5000 ms',
      data: { userId: 42, tags: ['vip'] },
      addedAt: NOW - 90 * MINUTE,
    },
    {
      id: 'd',
      queue: 'exports',
      name: 'export',
      state: 'active',
      data: { deep: { path: 'x y' } },
      addedAt: NOW - MINUTE,
      flags: 0,
    },
    { id: 'e', queue: 'exports', name: 'export 100%', state: 'delayed', addedAt: NOW - 2 * MINUTE, flags: 0 },
    {
      id: 'f',
      queue: 'exports',
      name: 'export',
      runMs: 7_000,
      flags: 3,
      state: 'failed',
      error: 'cancelled by ann',
      addedAt: NOW - 3 * MINUTE,
    },
  ]);
  await app.store.query(
    "INSERT INTO queuedeck.recorder (source, cursor, lag_ms, updated_at) VALUES ($1, '{}', 0, now() + interval '1 hour')",
    [SOURCE],
  );
});
afterAll(async () => {
  await closeApp(app);
  await broker.close();
});

describe('searching the record', () => {
  it.each([
    ['', 'abcdef'],
    ['id:a', 'a'],
    ['id:a,c', 'ac'],
    ['id:A', ''],
    ['name:send-*', 'abc'],
    ['name:SEND-mail', 'ab'],
    ['name:"send-*"', ''],
    ['name:"export 100%"', 'e'],
    ['queue:exports', 'def'],
    ['source:test', 'abcdef'],
    ['source:other', ''],
    ['state:failed', 'bcf'],
    ['state:failed,active', 'bcdf'],
    ['NOT state:failed', 'ade'],
    ['state:failed name:send-*', 'bc'],
    ['error:"421 4.7.0"', 'b'],
    ['error:TIMEOUT', 'c'],
    ['data.userId:42', 'ac'],
    ['data.tags:vip', 'c'],
    ['data.deep.path:"x y"', 'd'],
    ['data.userId:4', ''],
    ['data:ann@', 'a'],
    ['ann', 'af'],
    ['"x y"', 'd'],
    ['added:<1h', 'abdef'],
    ['added:>1h', 'c'],
    ['failed:<1h', 'bf'],
    ['completed:<1h', 'a'],
    ['attempts:>3', 'b'],
    ['attempts:1..5', 'abcf'],
    ['wait:>30s', 'a'],
    ['run:>5s', 'f'],
    ['worker:w1*', 'b'],
    ['cancelled:yes', 'f'],
    ['broker:yes', 'de'],
    ['state:failed OR queue:exports', 'bcdef'],
    ['(state:failed OR queue:exports) NOT cancelled:yes', 'bcde'],
    ['size:>25', 'ac'],
    ['nothing-has-this', ''],
  ])('%s', async (q, expected) => {
    expect((await idsOf(q)).join('')).toBe(expected);
  });

  it('tells the count, what was looked at, and whether the broker has it', async () => {
    const found = await find('state:failed');
    expect(found.count).toEqual({ value: 3, exact: true });
    expect(found.searched.complete).toBe(true);
    expect(found.items.map(({ inBroker }) => inBroker)).toEqual([false, false, false]);
    const open = await find('queue:exports state:active');
    expect(open.items[0]).toMatchObject({ id: 'd', inBroker: false, recorded: true, state: 'active' });
  });

  it('pages both ways in each order, and leaves nothing out', async () => {
    for (const sort of ['added', 'finished', 'run', 'wait'] as const)
      for (const order of ['asc', 'desc'] as const) {
        const whole = (await find('', { sort, order })).items.map(({ id }) => id);
        const seen: string[] = [];
        let cursor: string | undefined;
        let last = await find('', { sort, order, limit: 2 });
        for (;;) {
          seen.push(...last.items.map(({ id }) => id));
          if (last.nextCursor === null) break;
          cursor = last.nextCursor;
          last = await find('', { sort, order, limit: 2, cursor });
        }
        expect(seen).toEqual(whole);
        const back: string[] = last.items.map(({ id }) => id);
        while (last.prevCursor !== null) {
          last = await find('', { sort, order, limit: 2, cursor: last.prevCursor });
          back.unshift(...last.items.map(({ id }) => id));
        }
        expect(back).toEqual(whole);
      }
  });

  it('finds what waits in the broker and is not recorded yet', async () => {
    const job = await broker.queue('fresh').add('send-now', { x: 1 });
    const { backend } = app.sources.get(SOURCE) ?? broker;
    while (!(await backend.queueNames()).includes('fresh')) await new Promise((done) => setTimeout(done, 100));
    expect((await find(`id:${job.id}`)).items).toMatchObject([{ queue: 'fresh', recorded: false, inBroker: true }]);
    await app.store.query("UPDATE queuedeck.recorder SET updated_at = now() - interval '1 hour'");
    expect((await find('name:send-now state:waiting')).items).toMatchObject([{ queue: 'fresh', recorded: false }]);
    expect((await find('name:send-now state:failed')).items).toEqual([]);
    await app.store.query("UPDATE queuedeck.recorder SET updated_at = now() + interval '1 hour'");
  });

  it('says what was expected and where', async () => {
    const error = await find('state:fail').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(CodedError);
    expect((error as CodedError).extra.errors).toEqual([
      { path: 'q', message: expect.stringContaining('(at character 7)') },
    ]);
    await expect(find('', { cursor: 'bm9uZQ' })).rejects.toThrow(/cursor/);
    await expect(find('', { source: 'other' })).rejects.toThrow(/No source/);
  });

  it('is not a way into SQL', async () => {
    for (const q of [`"'; DROP TABLE queuedeck.job; --"`, `name:"%' OR 1=1 --"`, `data."a'b":1`, 'error:"\\\\%_"']) {
      await find(q).catch((error: unknown) => {
        expect(error).toBeInstanceOf(CodedError);
        expect((error as CodedError).code).toBe('validation_failed');
      });
    }
    expect(await idsOf('')).toHaveLength(6);
  });

  it('refuses a NUL in what is ours, and finds nothing by one in what is not', async () => {
    const nul = String.fromCharCode(0);
    await expect(find(`name:${nul}`)).rejects.toMatchObject({ code: 'validation_failed' });
    const view = call('view.create', { body: { name: `n${nul}`, q: '' } });
    await expect(view).rejects.toMatchObject({ code: 'validation_failed', extra: { errors: [{ path: 'name' }] } });
    const history = call('job.history', { source: SOURCE, queue: 'emails', job: nul });
    await expect(history).rejects.toMatchObject({ code: 'job_not_found' });
    expect((await call('job.suggest', { q: `name:${nul}`, at: 6 })).items).toEqual([]);
  });

  it('gives all of it as a file', async () => {
    const read = async (format: 'csv' | 'ndjson', payloads = false) =>
      (
        (await call('job.export', { q: 'queue:emails', format, payloads: payloads ? '1' : '0' })) as unknown as Response
      ).text();
    const csv = await read('csv');
    expect(csv.split('\n')).toHaveLength(5);
    expect(csv).toContain('421 4.7.0 Try again later');
    const rows = (await read('ndjson', true))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ id, data }) => [id, JSON.parse(data).userId])).toEqual([
      ['a', 42],
      ['b', 43],
      ['c', 42],
    ]);
  });

  it('shows one job as it was', async () => {
    const job = await call('job.history', { source: SOURCE, queue: 'emails', job: 'b' });
    expect(job).toMatchObject({
      id: 'b',
      inBroker: false,
      failure: { message: '421 4.7.0 Try again later' },
      attemptsMade: 5,
    });
    expect(job.data?.text).toBe('{"userId":43}');
    await expect(call('job.history', { source: SOURCE, queue: 'emails', job: 'zzz' })).rejects.toMatchObject({
      code: 'job_not_found',
    });
  });

  it('suggests fields, and values that were seen', async () => {
    const texts = async (q: string) =>
      (await call('job.suggest', { q, at: q.length })).items.map(({ text }) => text.trim());
    expect(await texts('na')).toEqual(['name:']);
    expect(await texts('state:fa')).toEqual(['failed']);
    expect(await texts('x name:se')).toEqual(expect.arrayContaining(['send-mail', 'send-sms']));
    expect(await texts('queue:ex')).toEqual(['exports']);
    expect(await texts('')).toContain('state:');
  });
});

describe('saved views', () => {
  it('are kept, counted, changed and forgotten; a name is used once', async () => {
    const view = await call('view.create', {
      body: { name: 'Failed mail', q: 'state:failed queue:emails', shared: true },
    });
    expect(view).toMatchObject({
      owner: 'local',
      count: { value: 2, exact: true },
      can: ['view.replace', 'view.remove'],
    });
    await expect(call('view.create', { body: { name: 'Failed mail', q: '' } })).rejects.toMatchObject({
      code: 'view_exists',
    });
    await expect(call('view.create', { body: { name: 'x', q: 'state:' } })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await call('view.replace', { view: view.id, body: { name: 'Failed', q: 'state:failed' } });
    const list = await call('view.list', {});
    expect(list.items.map(({ name, count }) => [name, count?.value])).toEqual([['Failed', 3]]);
    await call('view.remove', { view: view.id });
    expect((await call('view.list', {})).items).toEqual([]);
    await expect(call('view.remove', { view: view.id })).rejects.toMatchObject({ code: 'view_not_found' });
  });

  it('one of a queue can be its default, and a newer one takes its place', async () => {
    const make = (name: string) =>
      call('view.create', { body: { name, q: 'state:failed', source: SOURCE, queue: 'emails', isDefault: true } });
    await make('one');
    await make('two');
    const { items } = await call('view.list', { source: SOURCE, queue: 'emails' });
    expect(items.map(({ name, isDefault, count }) => [name, isDefault, count?.value])).toEqual([
      ['one', false, 2],
      ['two', true, 2],
    ]);
  });
});
