import { expect, test } from '@playwright/test';
import { SchedulePreview, Scheduler, SchedulerList, SchedulerRun } from '@/lib/contracts/schedulers';
import { API, expectInvalid, expectProblem, newQueue, readJson } from './support/api';

const NIGHTLY = { pattern: '0 3 * * *', tz: 'Europe/Berlin', template: { name: 'night', data: { n: 1 } } };

test('a scheduler is made, listed, edited and removed', async ({ request }) => {
  const queue = await newQueue(request, 'schedulers');
  const url = `${queue}/schedulers/${encodeURIComponent('night/ly ünï')}`;
  const made = Scheduler.parse(await readJson(await request.put(url, { data: NIGHTLY })));
  expect(made).toMatchObject({ id: 'night/ly ünï', words: 'At 03:00', paused: false, iterations: 1, lastRun: null });
  expect(made.upcoming).toHaveLength(10);
  const { queue: name, source } = made;
  const list = async () =>
    SchedulerList.parse(
      await readJson(await request.get(`${API}/schedulers?source=${source}&queue=${encodeURIComponent(name)}`)),
    );
  expect((await list()).items.map((row) => row.id)).toEqual([made.id]);
  const edited = await request.put(url, { data: { everyMs: 3_600_000, template: { name: 'hourly' } } });
  expect(Scheduler.parse(await readJson(edited))).toMatchObject({
    pattern: null,
    everyMs: 3_600_000,
    words: 'Every hour',
  });
  expect((await request.delete(url)).status()).toBe(204);
  await expectProblem(await request.get(url), 'scheduler_not_found');
  expect((await list()).items).toEqual([]);
});

test('a paused scheduler plans nothing, and comes back as it was', async ({ request }) => {
  const queue = await newQueue(request, 'pause');
  const url = `${queue}/schedulers/nightly`;
  await readJson(await request.put(url, { data: NIGHTLY }));
  const delayed = async () =>
    (await readJson<{ items: unknown[] }>(await request.get(`${queue}/jobs?state=delayed`))).items.length;
  expect(await delayed()).toBe(1);
  expect(await readJson(await request.post(`${url}/pause`))).toMatchObject({ paused: true, nextRunAt: null });
  expect(await delayed()).toBe(0);
  const row = await readJson<Scheduler>(await request.get(url));
  expect(row.can).toContain('scheduler.resume');
  expect(row.cannot['scheduler.pause']).toBeTruthy();
  expect(await readJson(await request.delete(`${url}/pause`))).toMatchObject({ paused: false, ...{ tz: NIGHTLY.tz } });
  expect(await delayed()).toBe(1);
});

test('run now adds one job and leaves the next run', async ({ request }) => {
  const queue = await newQueue(request, 'run-now');
  const url = `${queue}/schedulers/nightly`;
  const before = await readJson<Scheduler>(await request.put(url, { data: NIGHTLY }));
  const response = await request.post(`${url}/run`);
  expect(response.status()).toBe(201);
  const { id } = SchedulerRun.parse(await response.json());
  expect(response.headers().location).toContain(`/jobs/${id}`);
  expect(await readJson(await request.get(`${queue}/jobs/${id}`))).toMatchObject({ name: 'night', state: 'waiting' });
  expect((await readJson<Scheduler>(await request.get(url))).nextRunAt).toBe(before.nextRunAt);
});

test('a schedule is previewed, and what is wrong with it is named', async ({ request }) => {
  const preview = async (data: object) =>
    SchedulePreview.parse(await readJson(await request.post(`${API}/schedulers/preview`, { data })));
  const fine = await preview({ pattern: '30 4 * * 1-5', tz: 'UTC', from: '2026-11-22T00:00:00.000Z' });
  expect(fine).toMatchObject({ words: 'At 04:30, Monday through Friday', fault: null });
  expect(fine.runs[0]).toBe('2026-11-23T04:30:00.000Z');
  expect(fine.runs).toHaveLength(10);
  expect(await preview({ pattern: '0 25 * * *' })).toMatchObject({
    runs: [],
    fault: { path: 'pattern', field: 'hour', start: 2, end: 4 },
  });
  await expectInvalid(
    await request.post(`${API}/schedulers/preview`, { data: { pattern: '*'.repeat(257) } }),
    'pattern',
  );
  await expectInvalid(await request.post(`${API}/schedulers/preview`, { data: {} }), 'pattern');
});

test('what cannot run is refused', async ({ request }) => {
  const url = `${await newQueue(request, 'bad')}/schedulers/x`;
  const put = (data: object) => request.put(url, { data: { template: { name: 'n' }, ...data } });
  await expectInvalid(await put({ pattern: 'never' }), 'pattern');
  await expectInvalid(await put({ pattern: '* * * * *', everyMs: 1000 }), 'everyMs');
  await expectInvalid(await put({ everyMs: 1000, endAt: '2020-01-01T00:00:00.000Z' }), 'endAt');
  await expectProblem(await request.get(url), 'queue_not_found');
});
