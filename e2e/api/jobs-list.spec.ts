import { type APIRequestContext, expect, test } from '@playwright/test';
import * as z from 'zod';
import { JobList, JobRow } from '@/lib/contracts/jobs';
import { addJob, expectInvalid, newQueue, readJson } from './support/api';

const StrictRow = z.strictObject(JobRow.shape);

async function walk(request: APIRequestContext, url: string, between: () => Promise<void> = async () => {}) {
  const rows: JobRow[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = JobList.parse(await readJson(await request.get(`${url}${next}`)));
    rows.push(...page.items);
    cursor = page.nextCursor;
    await between();
  } while (cursor);
  return rows;
}

async function addThousand(request: APIRequestContext, queue: string, from: number, options: object): Promise<void> {
  const data = Array.from({ length: 1000 }, (_, i) => ({ name: `n-${from + i}`, data: { i }, options }));
  expect((await request.post(`${queue}/jobs`, { data })).status()).toBe(207);
}

test.describe('thousands of jobs', () => {
  for (const [state, options] of [
    ['waiting', {}],
    ['delayed', { delayMs: 3_600_000 }],
    ['prioritized', { priority: 5 }],
  ] as const)
    test(`${state}: pages hold every job once, in order`, async ({ request }) => {
      const queue = await newQueue(request, 'pages');
      for (const from of [0, 1000, 2000]) await addThousand(request, queue, from, options);
      const rows = await walk(request, `${queue}/jobs?state=${state}&limit=170`);
      expect(rows.length).toBe(3000);
      expect(new Set(rows.map((row) => row.id)).size).toBe(3000);
      expect(rows.every((row) => row.state === state)).toBe(true);
      if (state !== 'delayed')
        expect(rows.map((row) => row.name)).toEqual(Array.from({ length: 3000 }, (_, i) => `n-${i}`));
      if (state === 'delayed') expect(rows.map((row) => row.runAt)).toEqual(rows.map((row) => row.runAt).sort());
    });

  test('jobs that are added and removed while walking neither hide nor double others', async ({ request }) => {
    const queue = await newQueue(request, 'moving');
    await addThousand(request, queue, 0, {});
    const first = JobList.parse(await readJson(await request.get(`${queue}/jobs?state=waiting&limit=100`)));
    const doomed = first.items.slice(0, 20).map((row) => row.id);
    let page = 0;
    const rows = await walk(request, `${queue}/jobs?state=waiting&limit=100`, async () => {
      await addJob(request, queue, { name: 'late' });
      const id = doomed[page++];
      if (id) expect((await request.delete(`${queue}/jobs/${id}`)).status()).toBe(204);
    });
    const original = rows.filter((row) => row.name !== 'late').map((row) => row.name);
    expect(new Set(original).size).toBe(original.length);
    expect(new Set(original).size).toBe(1000);
  });
});

test('rows carry no payload, whatever its size', async ({ request }) => {
  const queue = await newQueue(request, 'rows');
  for (let i = 0; i < 5; i += 1) await addJob(request, queue, { name: 'big', data: { text: 'x'.repeat(500_000) } });
  const response = await request.get(`${queue}/jobs?state=waiting`);
  expect((await response.body()).length).toBeLessThan(5_000);
  const { items } = await readJson<JobList>(response);
  for (const row of items) StrictRow.parse(row);
  expect(items.length).toBe(5);
});

test('an empty state is an empty page', async ({ request }) => {
  const queue = await newQueue(request, 'empty');
  await addJob(request, queue, { name: 'a' });
  for (const state of ['active', 'delayed', 'prioritized', 'waiting-children', 'completed', 'failed'])
    expect(await readJson(await request.get(`${queue}/jobs?state=${state}`))).toEqual({
      items: [],
      nextCursor: null,
      searched: null,
      leftOut: null,
    });
});

for (const [query, ...paths] of [
  ['', 'state'],
  ['state=paused', 'state'],
  ['state=waiting&limit=0', 'limit'],
  ['state=waiting&limit=201', 'limit'],
  ['state=waiting&limit=1.5', 'limit'],
  ['state=waiting&offset=10', 'offset'],
  ['state=waiting&cursor=', 'cursor'],
  ['state=waiting&cursor=not-one-of-ours', 'cursor'],
  ['state=waiting&cursor=e30', 'cursor'],
  ['state=nope&limit=0&x=1', 'limit', 'state', 'x'],
])
  test(`jobs?${query} is refused and names ${paths.join(', ')}`, async ({ request }) => {
    const queue = await newQueue(request, 'query');
    await addJob(request, queue, { name: 'a' });
    await expectInvalid(await request.get(`${queue}/jobs?${query}`), ...paths);
  });

test('a forged cursor starts elsewhere or is refused, and never breaks the server', async ({ request }) => {
  const queue = await newQueue(request, 'forged');
  await addJob(request, queue, { name: 'a' });
  const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const value of [
    { i: -1 },
    { score: 'NaN', id: '' },
    { index: 1e15, id: 'x' },
    { id: '*' },
    { a: '\u0000' },
    [],
    5,
  ]) {
    for (const state of ['waiting', 'failed', 'delayed']) {
      const { status } = await request
        .get(`${queue}/jobs?state=${state}&cursor=${forge(value)}`)
        .then((r) => ({ status: r.status() }));
      expect([200, 422], `${JSON.stringify(value)} in ${state}`).toContain(status);
    }
  }
});
