import { type APIRequestContext, expect, test } from '@playwright/test';
import { ImportReport, TaskRuns } from '@/lib/contracts/tasks';
import { API, expectInvalid, expectProblem, readJson, waitForState } from './support/api';

const url = `${API}/tasks/send-welcome-email`;
const send = (request: APIRequestContext, data: string, type: string, path = '/import', key?: string) =>
  request.post(`${url}${path}`, {
    data,
    headers: { 'content-type': type, ...(key ? { 'idempotency-key': key } : {}) },
  });
const report = async (...args: Parameters<typeof send>) => ImportReport.parse(await readJson(await send(...args)));
const later = new Date(Date.now() + 3_600_000).toISOString();

test('a file of lines is enqueued, and each line that does not fit is named', async ({ request }) => {
  const lines = [
    JSON.stringify({ input: { to: 'ada@example.com', name: 'Ada' }, options: { runAt: later } }),
    JSON.stringify({ to: 'nonsense', name: 'x' }),
    '{',
  ].join('\n');
  const dry = await report(request, lines, 'application/x-ndjson', '/import?dryRun=1');
  expect(dry).toMatchObject({ dryRun: true, lines: 3, accepted: 1, refusedCount: 2, jobs: [] });
  const done = await report(request, lines, 'application/x-ndjson');
  expect(done).toMatchObject({ dryRun: false, accepted: 1, refusedCount: 2, queue: 'emails' });
  expect(done.refused.map(({ line }) => line)).toEqual([2, 3]);
  expect(done.jobs[0]?.state).toBe('delayed');
});

test('a CSV file is enqueued once for its key', async ({ request }) => {
  const csv = `to,name,options.runAt\n"grace@example.com","Hopper, Grace",${later}\nalan@example.com,Alan,${later}\n`;
  const key = `import-${Date.now()}`;
  const first = await report(request, csv, 'text/csv', '/import', key);
  expect(first).toMatchObject({ lines: 2, accepted: 2, existed: 0, refusedCount: 0 });
  const again = await report(request, csv, 'text/csv', '/import', key);
  expect(again).toMatchObject({ accepted: 2, existed: 2 });
  expect(again.jobs.map(({ id }) => id)).toEqual(first.jobs.map(({ id }) => id));
  await expectProblem(
    await send(request, csv.replace('Alan', 'Other'), 'text/csv', '/import', key),
    'idempotency_conflict',
  );
});

test('other files are refused', async ({ request }) => {
  await expectProblem(await send(request, '{}', 'application/json'), 'unsupported_media_type');
  await expectProblem(await send(request, '', 'text/csv'), 'validation_failed');
  await expectInvalid(await send(request, 'to,to\na,b\n', 'text/csv'), 'header');
  const names = Array.from({ length: 80_000 }, (_, i) => `name${i}`).join(',');
  await expectInvalid(await send(request, names, 'text/csv'), 'header');
  await expectProblem(await send(request, `to\n${'"'.repeat(10_000_000)}`, 'text/csv'), 'body_too_large');
  await expectProblem(await send(request, '\n'.repeat(5_000_000), 'application/x-ndjson'), 'body_too_large');
  await expectProblem(await send(request, 'x'.repeat(10_485_761), 'application/x-ndjson'), 'body_too_large');
  await expectInvalid(await send(request, 'to\na\n', 'text/csv', '/import?dry=1'), 'dry');
  const unknown = request.post(`${API}/tasks/nobody/import`, {
    data: 'to\na\n',
    headers: { 'content-type': 'text/csv' },
  });
  await expectProblem(await unknown, 'task_not_found');
});

test('a task is enqueued at a time, and its last runs are found', async ({ request }) => {
  const run = (options: object) =>
    request.post(url, { data: { input: { to: 'ada@example.com', name: 'Ada' }, options } });
  const planned = await run({ runAt: later });
  expect(planned.status()).toBe(201);
  const job = await readJson<{ runAt: string }>(await request.get(planned.headers().location ?? ''));
  expect(Math.abs(Date.parse(job.runAt) - Date.parse(later))).toBeLessThan(5_000);
  await expectInvalid(await run({ runAt: later, delayMs: 1 }), 'options.runAt');
  const now = await run({ runAt: new Date(0).toISOString() });
  await waitForState(request, now.headers().location ?? '', 'completed');
  const runs = TaskRuns.parse(await readJson(await request.get(`${url}/runs?limit=5`)));
  expect(runs.items[0]).toMatchObject({ name: 'send-welcome-email', queue: 'emails' });
  expect(runs.searched.map(({ state }) => state)).toEqual(['active', 'completed', 'failed']);
});
