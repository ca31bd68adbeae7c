import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Task as TaskContract } from '@/lib/contracts/tasks';
import { until } from '@/lib/testing/until';
import { defineTask, PermanentError, RetryAfterError, type Task, type TaskContext, TaskError } from './define-task';
import { startBroker, startTestWorker, type TestBroker, type TestWorker } from './testing/test-worker';

type Run = (ctx: TaskContext, input: unknown) => Promise<unknown>;

const runs: string[] = [];

function task(name: string, run: Run, more: Partial<Task> = {}): Task {
  return defineTask({
    name,
    queue: 'work',
    description: name,
    example: {},
    input: z.looseObject({}),
    retry: { attempts: 1, backoff: { type: 'fixed', delayMs: 1 } },
    timeoutMs: 5_000,
    concurrency: 5,
    ...more,
    run: (ctx, input) => {
      runs.push(`${name}:${ctx.job.id}`);
      return run(ctx, input);
    },
  });
}

const untilAborted = (ctx: TaskContext) =>
  new Promise<never>((_resolve, reject) => {
    ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason), { once: true });
  });

const child = task('child', async (_ctx, input) => ({ got: input }), { queue: 'children' });
let lucky = false;
const badChild = task(
  'bad-child',
  async () => {
    if (!lucky) throw new PermanentError('no_luck', 'not today');
    return 'at last';
  },
  { queue: 'children' },
);

const TASKS: Task[] = [
  child,
  badChild,
  task('report', async (ctx) => {
    for (let done = 1; done <= 50; done += 1) ctx.progress({ done, total: 50, note: `step ${done}` });
    for (let n = 0; n < 700; n += 1) ctx.log(`line ${n}`);
    return { attempt: ctx.job.attempt, attempts: ctx.job.attempts, data: ctx.job.data };
  }),
  task('strict', async () => 'ran', { input: z.strictObject({ to: z.email(), count: z.number().int().min(1) }) }),
  task('slow', untilAborted, { timeoutMs: 100 }),
  task('deaf', () => new Promise(() => undefined), { timeoutMs: 50 }),
  task('permanent', async () => Promise.reject(new PermanentError('address_refused', 'no such mailbox'))),
  task('coded', async () => Promise.reject(new TaskError('target_failed', 'answered 500'))),
  task('later', async (ctx) => {
    if (ctx.job.attempt === 1) throw new RetryAfterError(400, 'asked to wait');
    return Date.now();
  }),
  task('flow', async (ctx) =>
    ctx.addFlow([
      { key: 'a', task: child, input: { n: 1 } },
      { key: 'b', task: child, input: { n: 2 } },
    ]),
  ),
  task('bad-flow', async (ctx) => ctx.addFlow([{ key: 'a', task: badChild, input: {} }])),
];

describe.each(['redis', 'postgres'] as const)('a worker on %s', (kind) => {
  let broker: TestBroker;
  let bench: TestWorker;

  beforeAll(async () => {
    runs.length = 0;
    broker = await startBroker(kind);
    bench = await startTestWorker(broker, TASKS);
  });
  afterAll(async () => {
    await bench?.close();
    await broker?.stop();
  });

  const add = async (name: string, data: unknown = {}, options: object = {}) => {
    const { id = '' } = await bench.queue('work').add(name, data, options);
    return id;
  };
  const countRuns = (name: string, id: string) => runs.filter((run) => run === `${name}:${id}`).length;

  it('runs a task, sends its last progress and keeps its log in order', async () => {
    const id = await add('report', { hello: 'world' }, { attempts: 3 });
    const job = await bench.waitFor('work', id, 'completed');
    expect(job.returnvalue).toEqual({ attempt: 1, attempts: 3, data: { hello: 'world' } });
    expect(job.progress).toEqual({ done: 50, total: 50, note: 'step 50' });
    const { logs, count } = await bench.queue('work').getJobLogs(id, 0, -1);
    expect(count).toBe(700);
    expect(logs.map((line) => line.replace(/^\S+ /, ''))).toEqual(Array.from({ length: 700 }, (_, n) => `line ${n}`));
    expect(logs[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z line 0$/);
  });

  it('fails input that does not fit at once, naming each field', async () => {
    const id = await add('strict', { to: 'nobody', count: 0, extra: 1 }, { attempts: 5 });
    const job = await bench.waitFor('work', id, 'failed');
    expect(job.attemptsMade).toBe(1);
    expect(job.failedReason).toMatch(/^validation_failed: .*to: .*count: .*extra/s);
    expect(countRuns('strict', id)).toBe(0);
  });

  it('fails a name that nobody knows for good', async () => {
    const job = await bench.waitFor('work', await add('nonsense', {}, { attempts: 5 }), 'failed');
    expect(job.attemptsMade).toBe(1);
    expect(job.failedReason).toMatch(
      /^unknown_task: no task "nonsense" is registered for queue "work" \(there: report/,
    );
  });

  it('aborts what takes too long and retries it by policy', async () => {
    const id = await add('slow', {}, { attempts: 2 });
    const job = await bench.waitFor('work', id, 'failed');
    expect(job.failedReason).toBe('timeout: took longer than 100 ms');
    expect(job.attemptsMade).toBe(2);
    expect(countRuns('slow', id)).toBe(2);
  });

  it('gives up on a task that ignores its signal', async () => {
    const id = await add('deaf');
    const job = await bench.waitFor('work', id, 'failed');
    expect(job.failedReason).toMatch(/^timeout: /);
  });

  it('does not retry a permanent error, retries others, and keeps codes and frames', async () => {
    const permanent = await bench.waitFor('work', await add('permanent', {}, { attempts: 5 }), 'failed');
    expect(permanent.attemptsMade).toBe(1);
    expect(permanent.failedReason).toBe('address_refused: no such mailbox');
    const coded = await bench.waitFor('work', await add('coded', {}, { attempts: 3 }), 'failed');
    expect(coded.attemptsMade).toBe(3);
    expect(coded.failedReason).toBe('target_failed: answered 500');
    expect(coded.stacktrace?.[0]).toMatch(/target_failed: answered 500\n {4}at .*run-worker\.test\.ts/);
  });

  it('waits as long as the target asked for', async () => {
    const startedAt = Date.now();
    const id = await add('later', {}, { attempts: 2, backoff: { type: 'fixed', delay: 60_000 } });
    const job = await bench.waitFor('work', id, 'completed');
    expect(Number(job.returnvalue) - startedAt).toBeGreaterThanOrEqual(380);
    expect(job.attemptsMade).toBe(2);
  });

  it('waits for its children and gets their results by key', async () => {
    const id = await add('flow');
    const job = await bench.waitFor('work', id, 'completed');
    expect(job.returnvalue).toEqual({ a: { got: { n: 1 } }, b: { got: { n: 2 } } });
    expect(countRuns('flow', id)).toBe(2);
    expect(runs.filter((run) => run.includes(`work.${id}.`))).toHaveLength(2);
  });

  it('fails with a child that failed, says so when retried, and goes on once the child is done', async () => {
    lucky = false;
    const id = await add('bad-flow');
    const job = await bench.waitFor('work', id, 'failed');
    expect(job.failedReason).toMatch(/child/);
    await job.retry('failed');
    await until(
      async () => (await bench.queue('work').getJob(id))?.failedReason?.startsWith('child_failed'),
      'a reason',
    );

    lucky = true;
    const failed = await bench.queue('children').getFailed();
    const own = failed.find((one) => one.id?.startsWith(`work.${id}.a.`));
    await own?.retry('failed');
    await bench.waitFor('children', own?.id ?? '', 'completed');
    await (await bench.queue('work').getJob(id))?.retry('failed');
    expect((await bench.waitFor('work', id, 'completed')).returnvalue).toEqual({ a: 'at last' });
  });

  it('registers its tasks with their input as JSON Schema', async () => {
    const rows = await until(async () => {
      const all = await bench.store.query<{ name: string; definition: unknown }>('SELECT * FROM queuedeck.task');
      return all.length === TASKS.length ? all : null;
    }, 'registered tasks');
    const strict = TaskContract.parse(rows.find(({ name }) => name === 'strict')?.definition);
    expect(strict.inputSchema).toMatchObject({ additionalProperties: false, required: ['to', 'count'] });
    expect(strict).toMatchObject({ source: 'test', queue: 'work', attempts: 1, concurrency: 5 });
  });
});

describe.each(['redis', 'postgres'] as const)('shutdown on %s', (kind) => {
  it('gives running jobs back, uncounted and unlocked, and lets those end that can', async () => {
    const broker = await startBroker(kind);
    const quick = task('quick', async () => sleep(300, 'ended'), { timeoutMs: null });
    const long = task('long', untilAborted, { timeoutMs: null });
    const first = await startTestWorker(broker, [quick, long]);
    const { id: quickId = '' } = await first.queue('work').add('quick', {}, { attempts: 1 });
    const { id: longId = '' } = await first.queue('work').add('long', {}, { attempts: 1 });
    await first.waitFor('work', longId, 'active');
    expect(await first.worker.stop(1_000)).toBe(true);
    expect((await first.waitFor('work', quickId, 'completed')).returnvalue).toBe('ended');
    const back = await first.waitFor('work', longId, 'waiting');
    expect(back.attemptsMade).toBe(0);
    await first.close();

    const second = await startTestWorker(broker, [task('quick', async () => 'x'), task('long', async () => 'again')]);
    expect((await second.waitFor('work', longId, 'completed')).returnvalue).toBe('again');
    await second.close();
    await broker.stop();
  });
});
