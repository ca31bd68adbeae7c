import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import type { App } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { Scheduler, SchedulerList } from '@/lib/contracts/schedulers';
import { loadEnv } from '@/lib/env';
import { openStore } from '@/lib/store/store';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type Ask, execute, type Verb } from '@/lib/verbs';
import { getScheduler } from './get';
import { listSchedulers } from './list';
import { pauseScheduler } from './pause';
import { putScheduler } from './put';
import { removeScheduler } from './remove';
import { resumeScheduler } from './resume';
import { runScheduler } from './run';

const DAILY = { pattern: '0 3 * * *', tz: 'Europe/Berlin', template: { name: 'night', data: { n: 1 } } };

function openGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('schedulers on %s', (_name, open) => {
  let broker: TestBroker;
  let app: App;
  beforeAll(async () => {
    broker = await open();
    const env = loadEnv({ REDIS_URL: 'redis://127.0.0.1:1' });
    const sources = new Map([['test', { config: broker.config, backend: broker.backend }]]);
    app = { env, store: openStore(await createTestDatabase()), sources };
  });
  afterAll(async () => {
    await broker.close();
    await app.store.close();
  });

  const makeAsk = (over: Partial<App> = {}): Ask => ({
    ...app,
    ...over,
    actor: LOCAL_ACTOR,
    signal: new AbortController().signal,
    headers: { idempotencyKey: null, lastEventId: null },
  });
  const call = async <T>(
    verb: unknown,
    queue: string,
    scheduler: string,
    body?: unknown,
    ask = makeAsk(),
  ): Promise<T> => (await execute(verb as Verb, ask, { source: 'test', queue, scheduler }, body)) as T;
  const list = async (raw: Record<string, string> = {}) =>
    (await execute(listSchedulers, makeAsk(), { source: 'test', ...raw })) as SchedulerList;
  const codeOf = (error: unknown) => (error instanceof CodedError ? error.code : error);
  const delayedIn = async (queue: string) =>
    (await broker.backend.listJobs(queue, 'delayed', null, 50)).items.map((row) => row.id);

  it('lives: made, listed, paused, edited, resumed, run, removed', async () => {
    const queue = 'life';
    const made = await call<Scheduler>(putScheduler, queue, 'night', { ...DAILY, limit: 5 });
    expect(made).toMatchObject({ words: 'At 03:00', paused: false, iterations: 1, limit: 5, tz: 'Europe/Berlin' });
    expect(made.upcoming).toHaveLength(5);
    expect(made.upcoming[0]).toBe(made.nextRunAt);
    expect(await delayedIn(queue)).toHaveLength(1);

    const paused = await call<Scheduler>(pauseScheduler, queue, 'night');
    expect(paused).toMatchObject({ paused: true, nextRunAt: null, pausedBy: 'local', iterations: 1 });
    expect(await delayedIn(queue)).toEqual([]);
    expect((await list({ queue })).items).toMatchObject([{ id: 'night', paused: true }]);
    expect(await call<Scheduler>(pauseScheduler, queue, 'night')).toMatchObject({ paused: true });

    const edited = await call<Scheduler>(putScheduler, queue, 'night', { ...DAILY, pattern: '30 4 * * 1' });
    expect(edited).toMatchObject({ paused: true, pattern: '30 4 * * 1', limit: null });
    const { id } = await call<{ body: { id: string } }>(runScheduler, queue, 'night').then(({ body }) => body);
    expect(await broker.backend.getJob(queue, id, 100)).toMatchObject({ name: 'night', state: 'waiting' });

    const resumed = await call<Scheduler>(resumeScheduler, queue, 'night');
    expect(resumed).toMatchObject({ paused: false, pattern: '30 4 * * 1', pausedAt: null });
    expect(await delayedIn(queue)).toHaveLength(1);
    expect(await app.store.query('SELECT 1 FROM queuedeck.paused_scheduler')).toEqual([]);

    await call(removeScheduler, queue, 'night');
    expect(await delayedIn(queue)).toEqual([]);
    expect(await call(getScheduler, queue, 'night').catch(codeOf)).toBe('scheduler_not_found');
    expect(await call(removeScheduler, queue, 'night').catch(codeOf)).toBe('scheduler_not_found');
  });

  it('is lost at no step: paused when the answer of its removal never came', async () => {
    const queue = 'cut';
    await call(putScheduler, queue, 'night', DAILY);
    const { schedulers } = broker.backend;
    if (!schedulers) throw new Error('no schedulers');
    const cut = async (...args: Parameters<typeof schedulers.remove>) => {
      await schedulers.remove(...args);
      throw new CodedError('broker_unavailable', 'The broker is away.');
    };
    const backend = { ...broker.backend, schedulers: { ...schedulers, remove: cut } };
    const sources = new Map([['test', { config: broker.config, backend }]]);
    const failed = await call(pauseScheduler, queue, 'night', undefined, makeAsk({ sources })).catch(codeOf);
    expect(failed).toBe('broker_unavailable');
    expect(await call<Scheduler>(getScheduler, queue, 'night')).toMatchObject({ paused: true });
    // Its request may still be at work: the row is its own for a while.
    expect(await call(resumeScheduler, queue, 'night').catch(codeOf)).toBe('scheduler_conflict');
    await app.store.query(`UPDATE queuedeck.paused_scheduler SET changed_at = now() - interval '1 minute'`);
    expect(await call<Scheduler>(resumeScheduler, queue, 'night')).toMatchObject({
      paused: false,
      pattern: '0 3 * * *',
    });
  });

  it('stays in the broker when the store cannot keep it', async () => {
    const queue = 'no-store';
    await call(putScheduler, queue, 'night', DAILY);
    const store = {
      ...app.store,
      query: async (...args: Parameters<typeof app.store.query>) => {
        if (/INSERT INTO queuedeck.paused/.test(args[0])) throw new CodedError('store_unavailable', 'away');
        return app.store.query(...args);
      },
    } as App['store'];
    expect(await call(pauseScheduler, queue, 'night', undefined, makeAsk({ store })).catch(codeOf)).toBe(
      'store_unavailable',
    );
    expect(await call<Scheduler>(getScheduler, queue, 'night')).toMatchObject({ paused: false });
  });

  it('is there once, whoever pauses and resumes at the same time', async () => {
    const queue = 'race';
    await call(putScheduler, queue, 'often', { everyMs: 3_600_000, template: { name: 'n', data: {} } });
    for (let round = 0; round < 25; round++)
      await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          call(i % 2 ? pauseScheduler : resumeScheduler, queue, 'often').catch((error: unknown) => {
            expect(codeOf(error)).toBe('scheduler_conflict');
          }),
        ),
      );
    const standing = await call<Scheduler>(getScheduler, queue, 'often');
    if (standing.paused) await call(resumeScheduler, queue, 'often');
    expect(await call<Scheduler>(getScheduler, queue, 'often')).toMatchObject({ paused: false, everyMs: 3_600_000 });
  });

  it.each([
    ['while the first one', 0],
    ['after the lease of the first one is over, while that one', 60],
  ])('is not lost to a second pause that saw it in the broker %s takes it out', async (_when, agedSeconds) => {
    const queue = `overtaken-${agedSeconds}`;
    await call(putScheduler, queue, 'often', { everyMs: 3_600_000, template: { name: 'n', data: {} } });
    const { backend, config } = broker;
    const { schedulers } = backend;
    if (!schedulers) throw new Error('no schedulers');
    const seen = openGate();
    const takenOut = openGate();
    const withSchedulers = (over: Partial<typeof schedulers>) =>
      makeAsk({
        sources: new Map([['test', { config, backend: { ...backend, schedulers: { ...schedulers, ...over } } }]]),
      });
    const slow = withSchedulers({
      find: async (...of) => {
        const found = await schedulers.find(...of);
        seen.open();
        await takenOut.opened;
        return found;
      },
    });
    let second: Promise<unknown> = Promise.resolve();
    const first = withSchedulers({
      remove: async (...of) => {
        await app.store.query(
          `UPDATE queuedeck.paused_scheduler SET changed_at = now() - make_interval(secs => $2) WHERE queue = $1`,
          [queue, agedSeconds],
        );
        second = call(pauseScheduler, queue, 'often', undefined, slow).catch(codeOf);
        await seen.opened;
        const removed = await schedulers.remove(...of);
        // With its lease over, the second one writes its row before this one is marked.
        if (agedSeconds > 0) {
          takenOut.open();
          await second;
        }
        return removed;
      },
    });
    await call(pauseScheduler, queue, 'often', undefined, first);
    takenOut.open();
    if (agedSeconds === 0) expect(await second).toBe('scheduler_conflict');
    else expect(await second).toMatchObject({ paused: true });
    expect(await call<Scheduler>(getScheduler, queue, 'often')).toMatchObject({ paused: true, everyMs: 3_600_000 });
    expect(await call<Scheduler>(resumeScheduler, queue, 'often')).toMatchObject({ paused: false });
  });

  it('lists all, page by page, paused ones last', async () => {
    const queue = 'pages';
    for (let i = 0; i < 5; i++) await call(putScheduler, queue, `s${i}`, { ...DAILY, pattern: `${i % 2} 3 * * *` });
    await call(pauseScheduler, queue, 's1');
    await call(pauseScheduler, queue, 's4');
    const met: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: SchedulerList = await list({ queue, limit: '1', ...(cursor ? { cursor } : {}) });
      expect(page).toMatchObject({ missing: [], pausedKnown: true });
      met.push(...page.items.map((row) => row.id));
      cursor = page.nextCursor;
    }
    expect(met).toEqual(['s0', 's2', 's3', 's1', 's4']);
    expect(await list({ cursor: Buffer.from('{"x":1}').toString('base64url') }).catch(codeOf)).toBe(
      'validation_failed',
    );
  });

  it('refuses what cannot run, and names the field', async () => {
    const put = (body: unknown) =>
      call(putScheduler, 'bad', 'x', body).then(
        () => null,
        (error: CodedError) => error.extra.errors?.map(({ path }) => path),
      );
    const template = { name: 'n', data: {} };
    expect(await put({ template })).toEqual(['pattern']);
    expect(await put({ pattern: '* * * * *', everyMs: 1000, template })).toEqual(['everyMs']);
    expect(await put({ pattern: '61 * * * *', template })).toEqual(['pattern']);
    expect(await put({ pattern: '* * * * *', tz: 'Mars/Base', template })).toEqual(['tz']);
    expect(await put({ everyMs: 1000, endAt: '2020-01-01T00:00:00.000Z', template })).toEqual(['endAt']);
    expect(await put({ pattern: '0 0 31 4,6 *', template })).toEqual(['pattern']);
    expect(await put({ everyMs: 1000, template: { ...template, options: { id: 'x' } } })).toEqual([
      'template.options.id',
    ]);
    expect(await call(putScheduler, 'bad', 'a:17', DAILY).catch(codeOf)).toBe('validation_failed');
  });
});
