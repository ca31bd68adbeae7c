import { expect, test } from '@playwright/test';
import { WorkerList } from '@/lib/contracts/workers';
import { API, expectInvalid, expectProblem, readJson } from './support/api';

test("the stack's own worker beats, with its queues and slots", async ({ request }) => {
  const find = async () => {
    const { items } = WorkerList.parse(await readJson(await request.get(`${API}/workers?limit=200`)));
    return items.find((worker) => worker.beats && worker.queues.includes('emails'));
  };
  await expect.poll(find, { timeout: 15_000 }).toBeTruthy();
  const worker = await find();
  expect(worker).toMatchObject({ status: 'up' });
  expect(worker?.pid).toBeGreaterThan(0);
  expect(worker?.slots).toBeGreaterThan(0);
  expect(worker?.busy).toBeGreaterThanOrEqual(0);
  expect(worker?.memoryBytes).toBeGreaterThan(1_000_000);
  expect(worker?.queues).toEqual(expect.arrayContaining(['emails', 'exports', 'webhooks', 'reports']));
  expect(Date.now() - Date.parse(worker?.beatAt ?? '')).toBeLessThan(20_000);
});

test('the answer says when it was true', async ({ request }) => {
  const { asOf } = WorkerList.parse(await readJson(await request.get(`${API}/workers`)));
  expect(Date.now() - Date.parse(asOf)).toBeLessThan(5_000);
});

test('what does not fit is refused', async ({ request }) => {
  await expectProblem(await request.get(`${API}/workers?source=nowhere`), 'source_not_found');
  await expectInvalid(await request.get(`${API}/workers?limit=0&busy=1`), 'busy', 'limit');
});
