import { type APIRequestContext, expect, test } from '@playwright/test';
import { WorkerList, WorkerOrderResult, type WorkerRow } from '@/lib/contracts/workers';
import { API, expectInvalid, expectProblem, firstSource, readJson } from './support/api';

async function ownWorker(request: APIRequestContext, fits: (worker: WorkerRow) => boolean = () => true) {
  let found: WorkerRow | undefined;
  await expect
    .poll(
      async () => {
        const { items } = WorkerList.parse(await readJson(await request.get(`${API}/workers?limit=200`)));
        found = items.find((one) => one.beats && one.status !== 'lost' && one.queues.includes('emails') && fits(one));
        return found !== undefined;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  if (!found) throw new Error('no worker beats');
  return found;
}

const urlOf = (worker: WorkerRow) => `${API}/workers/${worker.source}/${encodeURIComponent(worker.id)}`;

test('a worker is made quiet and resumed, and its row says what can be ordered', async ({ request }) => {
  const worker = await ownWorker(request);
  expect(worker.can).toEqual(expect.arrayContaining(['worker.quiet', 'worker.stop', 'worker.set-concurrency']));
  expect(worker.cannot['worker.resume']).toBeTruthy();
  const quiet = WorkerOrderResult.parse(await readJson(await request.post(`${urlOf(worker)}/quiet`)));
  expect(quiet).toMatchObject({ worker: worker.id, outcome: 'acknowledged', note: null });
  try {
    const resting = await ownWorker(request, ({ status }) => status === 'quiet');
    expect(resting.can).toContain('worker.resume');
  } finally {
    await readJson(await request.post(`${urlOf(worker)}/resume`));
  }
  await ownWorker(request, ({ status }) => status === 'up');
});

test("a worker's concurrency is set for one of its queues", async ({ request }) => {
  const worker = await ownWorker(request);
  const before = worker.lanes?.find(({ queue }) => queue === 'emails')?.slots ?? 1;
  const put = (data: object) => request.put(`${urlOf(worker)}/concurrency`, { data });
  await readJson(await put({ queue: 'emails', concurrency: before + 1 }));
  await ownWorker(
    request,
    ({ lanes }) => lanes?.some((lane) => lane.queue === 'emails' && lane.slots === before + 1) ?? false,
  );
  await readJson(await put({ queue: 'emails', concurrency: before }));
  await expectInvalid(await put({ concurrency: 2 }), 'queue');
  await expectInvalid(await put({ queue: 'emails', concurrency: 0 }), 'concurrency');
});

test('whom nobody knows cannot be ordered', async ({ request }) => {
  const source = await firstSource(request);
  await expectProblem(await request.post(`${API}/workers/${source}/nobody%3A1/quiet`), 'worker_not_found');
  await expectProblem(await request.post(`${API}/workers/nowhere/nobody/quiet`), 'source_not_found');
  await expectInvalid(await request.post(`${API}/workers/${source}/nobody/stop`, { data: { graceMs: -1 } }), 'graceMs');
});
