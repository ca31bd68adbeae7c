import { expect, test } from '@playwright/test';
import type { Job } from '@/lib/contracts/jobs';
import type { FoundJobs, Suggestions } from '@/lib/contracts/search';
import { addJob, expectInvalid, newQueue, readJson } from './support/api';

/** `/api/v1/queues/default/<name>` → its name. */
const nameOf = (queue: string) => decodeURIComponent(queue.split('/').at(-1) ?? '');

test.describe('searching', () => {
  test('refuses what does not fit, with the field and the bound', async ({ request }) => {
    const wrong: [path: string, field: string, text: RegExp][] = [
      ['jobs?q=state:fail', 'q', /expected one of waiting/],
      ['jobs?q=(a', 'q', /at character/],
      [`jobs?q=${'x'.repeat(2_001)}`, 'q', /2000|2,000/],
      ['jobs?limit=0', 'limit', /1/],
      ['jobs?limit=201', 'limit', /200/],
      ['jobs?sort=size', 'sort', /added/],
      ['jobs?offsetMinutes=2000', 'offsetMinutes', /\d/],
      ['jobs?queue=', 'queue', /./],
      ['jobs/suggest?q=a&at=2001', 'at', /2000/],
      ['jobs/suggest?q=a', 'at', /./],
      ['jobs/export?limit=1000001', 'limit', /1000000/],
      ['jobs/export?format=xlsx', 'format', /csv/],
    ];
    for (const [path, field, text] of wrong) {
      const { errors } = await expectInvalid(await request.get(`/api/v1/${path}`), field);
      expect(errors?.[0]?.message, path).toMatch(text);
    }
    expect((await request.get('/api/v1/jobs?cursor=nonsense')).status()).toBe(422);
    expect((await request.get('/api/v1/jobs?source=nowhere')).status()).toBe(404);
  });

  test('finds what waits in the broker right now, and pages through what was recorded', async ({ request }) => {
    const queue = await newQueue(request, 'search');
    const name = nameOf(queue);
    for (let n = 0; n < 5; n += 1) await addJob(request, queue, { name: `one-${n}`, data: { n, mark: name } });
    const url = `/api/v1/jobs?q=data.mark:${name}&limit=2`;
    await expect
      .poll(
        async () => (await readJson<FoundJobs>(await request.get(`/api/v1/jobs?q=data.mark:${name}`))).items.length,
        {
          timeout: 20_000,
        },
      )
      .toBe(5);
    const ids: string[] = [];
    let cursor = '';
    let back: string | null = null;
    do {
      const page: FoundJobs = await readJson<FoundJobs>(
        await request.get(`${url}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`),
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      for (const row of page.items) {
        ids.push(row.name);
        expect(row).not.toHaveProperty('data');
        expect(row.inBroker).toBe(true);
      }
      cursor = page.nextCursor ?? '';
      back = page.prevCursor;
    } while (cursor);
    expect(ids).toEqual(['one-4', 'one-3', 'one-2', 'one-1', 'one-0']);
    const before = await readJson<FoundJobs>(await request.get(`${url}&cursor=${encodeURIComponent(back ?? '')}`));
    expect(before.items.map((row) => row.name)).toEqual(['one-2', 'one-1']);
  });

  test('remembers what a job was, and who added it, when the broker has forgotten it', async ({ request }) => {
    const queue = await newQueue(request, 'gone');
    const { id } = await addJob(request, queue, { name: 'one', data: { n: 1 } });
    const { addedBy } = await readJson<Job>(await request.get(`${queue}/jobs/${id}`));
    expect(addedBy).not.toBeNull();
    const history = async () => (await request.get(`${queue}/jobs/${id}/history`)).json();
    await expect.poll(async () => (await history()).state, { timeout: 20_000 }).toBe('waiting');
    expect((await request.delete(`${queue}/jobs/${id}`)).ok()).toBe(true);
    expect((await request.get(`${queue}/jobs/${id}`)).status()).toBe(404);
    await expect.poll(async () => (await history()).state, { timeout: 20_000 }).toBe('removed');
    expect(await history()).toMatchObject({ name: 'one', addedBy, inBroker: false, attemptsMade: 0 });
  });

  test('exports what fits, as lines or as cells that no sheet takes for a formula', async ({ request }) => {
    const queue = await newQueue(request, 'export');
    const name = nameOf(queue);
    await addJob(request, queue, { name: '=cmd()', data: { mark: name, text: 'a,"b"' } });
    await expect
      .poll(
        async () =>
          (await readJson<FoundJobs>(await request.get(`/api/v1/jobs?q=data.mark:${name}`))).items[0]?.recorded,
        {
          timeout: 20_000,
        },
      )
      .toBe(true);
    const lines = await request.get(`/api/v1/jobs/export?q=data.mark:${name}&payloads=1`);
    expect(lines.headers()['content-type']).toContain('application/x-ndjson');
    const [line = '', ...rest] = (await lines.text()).split('\n');
    expect(rest).toEqual(['']);
    expect(JSON.parse(JSON.parse(line).data)).toEqual({ mark: name, text: 'a,"b"' });
    const sheet = await request.get(`/api/v1/jobs/export?q=data.mark:${name}&format=csv`);
    expect(sheet.headers()['content-disposition']).toBe('attachment; filename="jobs.csv"');
    const [head, row = ''] = (await sheet.text()).split('\n');
    expect(head).toMatch(/^source,queue,id,name,state,/);
    expect(row).not.toMatch(/(^|,)=/);
    expect(row).toContain("'=cmd()");
  });

  test('suggests fields and the values that were seen', async ({ request }) => {
    const queue = await newQueue(request, 'suggest');
    const name = nameOf(queue);
    await addJob(request, queue, { name: `seen-${name}`, data: {} });
    const ask = async (q: string) =>
      (
        await readJson<Suggestions>(await request.get(`/api/v1/jobs/suggest?q=${encodeURIComponent(q)}&at=${q.length}`))
      ).items.map(({ text }) => text);
    expect(await ask('sta')).toContain('state:');
    expect((await ask('state:')).join(' ')).toContain('failed');
    await expect
      .poll(async () => (await ask(`name:seen-${name.slice(0, 12)}`)).join(' '), { timeout: 20_000 })
      .toContain(name);
  });
});
