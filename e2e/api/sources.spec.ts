import { expect, test } from '@playwright/test';
import { SourceList } from '@/lib/contracts/sources';
import { API, expectInvalid, readJson } from './support/api';

test('sources say what they are and that they are up', async ({ request }) => {
  const { items } = SourceList.parse(await readJson(await request.get(`${API}/sources`)));
  expect(items.length).toBeGreaterThan(0);
  for (const source of items) {
    expect(source).toMatchObject({ status: 'up', reason: null });
    expect(source.version).toMatch(/^(Redis|Valkey|PostgreSQL) \d+/);
    expect(source.latencyMs).toBeLessThan(1000);
    expect(source.can).toContain('job.retry');
  }
});

test('sources never show credentials', async ({ request }) => {
  const text = await (await request.get(`${API}/sources`)).text();
  expect(text).not.toMatch(/redis:\/\/|postgres(ql)?:\/\/|password/i);
});

for (const [query, path] of [
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
  ['limit=ten', 'limit'],
  ['cursor=nonsense', 'cursor'],
  ['page=2', 'page'],
] as const)
  test(`sources?${query} is refused and names ${path}`, async ({ request }) => {
    await expectInvalid(await request.get(`${API}/sources?${query}`), path);
  });

test('a query parameter that is given twice is refused', async ({ request }) => {
  await expectInvalid(await request.get(`${API}/sources?limit=1&limit=2`), 'limit');
});
