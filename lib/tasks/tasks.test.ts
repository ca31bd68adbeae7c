import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { type App, closeApp, openApp } from '@/lib/context';
import type { CodedError } from '@/lib/contracts/errors';
import type { ImportReport, TaskRuns } from '@/lib/contracts/tasks';
import { loadEnv } from '@/lib/env';
import { takeUpload } from '@/lib/http/take-upload';
import { importTask } from '@/lib/tasks/import';
import { runTask } from '@/lib/tasks/run';
import { listTaskRuns } from '@/lib/tasks/runs';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type Answer, type Ask, execute } from '@/lib/verbs';

const TASK = {
  name: 'greet',
  title: 'Greet',
  description: '',
  source: 'test',
  queue: 'greetings',
  inputSchema: {
    type: 'object',
    properties: { to: { type: 'string', minLength: 1 }, times: { type: 'integer' } },
    required: ['to'],
    additionalProperties: false,
  },
  example: { to: 'ada' },
  attempts: 3,
  backoff: { type: 'fixed', delayMs: 1000 },
  timeoutMs: null,
  concurrency: 1,
};

async function register(app: App, task: typeof TASK): Promise<void> {
  await app.store.query('INSERT INTO queuedeck.task (source, name, definition) VALUES ($1, $2, $3)', [
    task.source,
    task.name,
    JSON.stringify(task),
  ]);
}

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('tasks on %s', (_name, open) => {
  let broker: TestBroker;
  let app: App;
  beforeAll(async () => {
    broker = await open();
    const sources = JSON.stringify([{ name: 'test', url: broker.config.url, worker: true }]);
    app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: await createTestDatabase() }));
    await register(app, TASK);
  });
  afterAll(async () => {
    await closeApp(app);
    await broker.close();
  });

  const ask = (idempotencyKey: string | null = null): Ask => ({
    ...app,
    actor: LOCAL_ACTOR,
    signal: new AbortController().signal,
    headers: { idempotencyKey, lastEventId: null },
  });
  const upload = async (body: BodyInit, type: string, more: { key?: string; dryRun?: boolean } = {}) => {
    const request = new Request('http://127.0.0.1/', {
      method: 'POST',
      body,
      headers: { 'content-type': type },
      duplex: 'half',
    } as RequestInit);
    const asked = { ...ask(more.key ?? null), upload: takeUpload(request, ['application/x-ndjson', 'text/csv']) };
    return (await execute(importTask, asked, { task: 'greet', dryRun: more.dryRun ? '1' : '0' })) as ImportReport;
  };
  const waiting = async () => {
    const page = await broker.backend.listJobs('greetings', 'waiting', null, 200);
    return page.items.length;
  };
  const codeOf = (run: Promise<unknown>) =>
    run.then(
      () => 'accepted',
      (error: CodedError) => error.code,
    );

  it('runs a task at a time', async () => {
    const runAt = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await execute(runTask, ask(), { task: 'greet' }, { input: { to: 'ada' }, options: { runAt } });
    const { id, state } = (answer as Answer<{ id: string; state: string }>).body;
    expect(state).toBe('delayed');
    const job = await broker.backend.getJob('greetings', id, 100);
    expect(Math.abs(Date.parse(job?.runAt ?? '') - Date.parse(runAt))).toBeLessThan(2_000);
    const past = await execute(
      runTask,
      ask(),
      { task: 'greet' },
      { input: { to: 'b' }, options: { runAt: '2020-01-01T00:00:00+02:00' } },
    );
    expect((past as Answer<{ state: string }>).body.state).toBe('waiting');
    const refused = (options: object) =>
      codeOf(execute(runTask, ask(), { task: 'greet' }, { input: { to: 'c' }, options }));
    expect(await refused({ runAt, delayMs: 5 })).toBe('validation_failed');
    expect(await refused({ runAt: '2999-01-01T00:00:00Z' })).toBe('validation_failed');
    expect(await refused({ runAt: 'tomorrow' })).toBe('validation_failed');
  });

  it('imports NDJSON: what fits is enqueued, the rest is named by line', async () => {
    const before = await waiting();
    const text = [
      '{"to":"a"}',
      '{"input":{"to":"b","times":2},"options":{"priority":0}}',
      'not json',
      '',
      '{"to":""}',
      '{"to":"c","x":1}',
      '{"to":"d","times":12345678901234567890}',
    ].join('\n');
    const dry = await upload(text, 'application/x-ndjson', { dryRun: true });
    expect(dry).toMatchObject({ dryRun: true, lines: 6, accepted: 2, refusedCount: 4, jobs: [] });
    expect(await waiting()).toBe(before);
    const report = await upload(text, 'application/x-ndjson; charset=utf-8');
    expect(report).toMatchObject({ lines: 6, accepted: 2, existed: 0, refusedCount: 4, dryRun: false });
    expect(report.refused.map(({ line, errors }) => [line, errors[0]?.path])).toEqual([
      [3, ''],
      [5, 'input.to'],
      [6, 'input.x'],
      [7, ''],
    ]);
    expect(report.jobs).toHaveLength(2);
    const job = await broker.backend.getJob('greetings', report.jobs[1]?.id ?? '', 100);
    expect(JSON.parse(job?.data.text ?? '')).toEqual({ to: 'b', times: 2 });
    expect(job?.attempts).toBe(3);
  });

  it('imports CSV once per key, however often it is sent', async () => {
    const before = await waiting();
    const csv = `to,times\n${Array.from({ length: 700 }, (_, i) => `n${i},${i}`).join('\n')}\n`;
    const first = await upload(csv, 'text/csv', { key: 'once' });
    expect(first).toMatchObject({ lines: 700, accepted: 700, existed: 0, refusedCount: 0 });
    const again = await upload(csv, 'text/csv', { key: 'once' });
    expect(again).toMatchObject({ accepted: 700, existed: 700 });
    expect(again.jobs.map(({ id }) => id)).toEqual(first.jobs.map(({ id }) => id));
    const snapshot = await broker.backend.snapshot();
    expect(snapshot.queues.find(({ name }) => name === 'greetings')?.counts.waiting).toBe(before + 700);
  });

  it('bounds what it takes', async () => {
    expect(await codeOf(upload('', 'text/csv'))).toBe('validation_failed');
    expect(await codeOf(upload('{}', 'application/json'))).toBe('unsupported_media_type');
    expect(await codeOf(upload(new Uint8Array([0xff]), 'text/csv'))).toBe('bad_request');
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(262_144).fill(0x20)) });
    expect(await codeOf(upload(endless, 'application/x-ndjson'))).toBe('body_too_large');
    expect(await codeOf(upload('{"to":"a"}\n'.repeat(10_001), 'application/x-ndjson'))).toBe('body_too_large');
  });

  it('finds the last runs of a task, and says how far it looked', async () => {
    const worker = broker.worker(
      'greetings',
      async ({ data }) => {
        if ((data as { times?: number }).times === 3) throw new Error('no');
      },
      { concurrency: 20 },
    );
    await broker.queue('greetings').add('other', {});
    const ended = async () => {
      const { counts } = (await broker.backend.snapshot()).queues.find(({ name }) => name === 'greetings') ?? {};
      return counts?.waiting === 0 && counts?.active === 0;
    };
    for (const end = Date.now() + 20_000; Date.now() < end && !(await ended()); ) await sleep(50);
    await worker.close();
    const runs = (await execute(listTaskRuns, ask(), { task: 'greet', limit: 30 })) as TaskRuns;
    expect(runs.items).toHaveLength(30);
    expect(runs.items.every(({ name, queue }) => name === 'greet' && queue === 'greetings')).toBe(true);
    const times = runs.items.map((one) => Date.parse(one.finishedAt ?? ''));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(runs.searched).toContainEqual({ state: 'active', jobs: 0, all: true });
    expect(await codeOf(execute(listTaskRuns, ask(), { task: 'nobody' }))).toBe('task_not_found');
  });
});
