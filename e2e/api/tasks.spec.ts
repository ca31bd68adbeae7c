import { expect, test } from '@playwright/test';
import { Enqueued } from '@/lib/contracts/jobs';
import { TaskList } from '@/lib/contracts/tasks';
import { API, expectInvalid, expectProblem, readJson } from './support/api';

test('the built-in tasks are registered, each with a schema and an example', async ({ request }) => {
  const { items } = TaskList.parse(await readJson(await request.get(`${API}/tasks?limit=200`)));
  expect(items.map((task) => task.name)).toEqual(
    expect.arrayContaining(['deliver-webhook', 'export-orders', 'month-end-close', 'send-welcome-email']),
  );
  for (const task of items) {
    expect(task.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(task.title).not.toBe('');
  }
});

test('a task is enqueued on its own queue', async ({ request }) => {
  const data = { input: { to: 'ada@example.com', name: 'Ada' }, options: { delayMs: 3_600_000 } };
  const response = await request.post(`${API}/tasks/send-welcome-email`, { data });
  expect(response.status()).toBe(201);
  const job = Enqueued.parse(await response.json());
  expect(job).toMatchObject({ queue: 'emails', name: 'send-welcome-email', state: 'delayed' });
  const { location } = response.headers();
  // The task's own policy holds where the options say nothing.
  const added = await readJson<{ attempts: number }>(await request.get(location ?? ''));
  expect(added.attempts).toBeGreaterThan(1);
  expect((await request.delete(location ?? '')).status()).toBe(204);
});

test('input that does not fit is refused, each field named', async ({ request }) => {
  const run = (task: string, input: unknown) => request.post(`${API}/tasks/${task}`, { data: { input } });
  await expectInvalid(
    await run('send-welcome-email', { to: 'no address', name: '', cc: 'x' }),
    'input.cc',
    'input.name',
    'input.to',
  );
  await expectInvalid(await run('send-welcome-email', {}), 'input.name', 'input.to');
  await expectInvalid(
    await run('deliver-webhook', { url: 'ftp://example.com', event: 'A B' }),
    'input.event',
    'input.url',
  );
});

test('what stands beside the input is held to its contract', async ({ request }) => {
  const url = `${API}/tasks/send-welcome-email`;
  const input = { to: 'ada@example.com', name: 'Ada' };
  await expectInvalid(await request.post(url, { data: { input, when: 'now' } }), 'when');
  await expectInvalid(await request.post(url, { data: { input, options: { attempts: 0 } } }), 'options.attempts');
});

test('an unknown task is 404 and the answer names those there are', async ({ request }) => {
  const problem = await expectProblem(await request.post(`${API}/tasks/make-coffee`, { data: {} }), 'task_not_found');
  expect(problem.detail).toContain('send-welcome-email');
});
