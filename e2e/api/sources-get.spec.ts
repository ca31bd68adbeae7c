import { expect, test } from '@playwright/test';
import { SourceDetail } from '@/lib/contracts/source-detail';
import { API, addJob, expectProblem, firstSource, newQueue, readJson } from './support/api';

test('a source tells its settings, its clock and sampled sizes', async ({ request }) => {
  const queue = await newQueue(request, 'sizes');
  const { id } = await addJob(request, queue, { name: 'big', data: { text: 'x'.repeat(300_000) } });
  const name = await firstSource(request);
  const get = async () => SourceDetail.parse(await readJson(await request.get(`${API}/sources/${name}`)));
  await expect
    .poll(async () => (await get()).sizes?.largest.some((one) => one.id === id), { timeout: 20_000 })
    .toBe(true);
  const source = await get();
  expect(source).toMatchObject({ name, status: 'up', reason: null });
  expect(Math.abs(source.clockSkewMs ?? 99_999)).toBeLessThan(1_000);
  expect(Date.parse(source.serverStartedAt ?? '')).toBeLessThanOrEqual(Date.parse(source.since ?? '') + 2_000);
  expect(source.clients?.connected).toBeGreaterThan(0);
  expect(source.sizes?.sampledJobs).toBeGreaterThan(0);
  for (const warning of source.warnings) expect(warning.remedy).not.toBe('');
  expect(JSON.stringify(source)).not.toMatch(/redis:\/\/|postgres(ql)?:\/\/|password/i);
});

test('the embedded broker is set up safely', async ({ request }) => {
  const name = await firstSource(request);
  const source = SourceDetail.parse(await readJson(await request.get(`${API}/sources/${name}`)));
  test.skip(!source.embedded, 'not embedded here');
  expect(source.warnings.filter(({ severity }) => severity === 'danger')).toEqual([]);
});

test('an unknown source is 404', async ({ request }) => {
  await expectProblem(await request.get(`${API}/sources/nowhere`), 'source_not_found');
});
