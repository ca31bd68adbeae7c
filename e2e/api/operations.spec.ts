import { expect, test } from '@playwright/test';
import type { BinList, JobOutcomes, Operation, OperationList, OperationPreview } from '@/lib/contracts/operations';
import {
  API,
  addJob,
  expectInvalid,
  expectProblem,
  firstSource,
  newQueueName,
  queueUrl,
  readJson,
} from './support/api';

test.describe('operations', () => {
  test('dry run, change, outcomes, and undo', async ({ request }) => {
    const source = await firstSource(request);
    const queue = newQueueName('operations');
    const url = queueUrl(source, queue);
    for (let n = 0; n < 5; n += 1)
      await addJob(request, url, { name: n % 2 ? 'odd' : 'even', data: { n }, options: { delayMs: 600_000 } });
    const filter = { source, queue, states: ['delayed'], names: ['even'] };

    const preview = await readJson<OperationPreview>(
      await request.post(`${API}/operations/preview`, { data: { filter, action: { kind: 'remove' } } }),
    );
    expect(preview).toMatchObject({ matching: 3, eligible: 3, exact: true, needsConfirm: false, notEligible: [] });
    expect(preview.sample.map(({ name }) => name)).toEqual(['even', 'even', 'even']);

    const created = await request.post(`${API}/operations`, {
      data: { filter, action: { kind: 'remove' }, reason: 'a test' },
    });
    expect(created.status()).toBe(201);
    const { id } = (await created.json()) as Operation;
    const get = async (operation: string) => readJson<Operation>(await request.get(`${API}/operations/${operation}`));
    await expect.poll(async () => (await get(id)).state, { timeout: 20_000 }).toBe('done');
    expect(await get(id)).toMatchObject({ total: 3, done: 3, by: 'local', reason: 'a test', bin: { jobs: 3 } });

    const outcomes = await readJson<JobOutcomes>(await request.get(`${API}/operations/${id}/outcomes?limit=2`));
    expect(outcomes.items).toHaveLength(2);
    const rest = await readJson<JobOutcomes>(
      await request.get(`${API}/operations/${id}/outcomes?limit=2&cursor=${outcomes.nextCursor}`),
    );
    expect(rest).toMatchObject({ items: [{ outcome: 'done', reason: null }], nextCursor: null });
    const ndjson = await request.get(`${API}/operations/${id}/outcomes?format=ndjson`);
    expect(ndjson.headers()['content-type']).toContain('application/x-ndjson');
    expect((await ndjson.text()).trim().split('\n')).toHaveLength(3);

    const bin = await readJson<BinList>(await request.get(`${API}/bin?source=${source}&queue=${queue}`));
    expect(bin).toMatchObject({ jobs: 3, items: [{ operation: id, jobs: 3 }] });
    const restore = await readJson<Operation>(await request.post(`${API}/operations/${id}/restore`));
    await expect.poll(async () => (await get(restore.id)).state, { timeout: 20_000 }).toBe('done');
    expect(await get(restore.id)).toMatchObject({ kind: 'restore', done: 3 });
    await expectProblem(await request.post(`${API}/operations/${id}/restore`), 'nothing_matches');

    const list = await readJson<OperationList>(await request.get(`${API}/operations?queue=${queue}`));
    expect(list.items.map((one) => one.id)).toEqual([restore.id, id]);
  });

  test('refuses what is nothing, unknown or unfit', async ({ request }) => {
    const source = await firstSource(request);
    const queue = newQueueName('refused');
    await addJob(request, queueUrl(source, queue), { name: 'one', options: { delayMs: 600_000 } });
    const action = { kind: 'retry' };
    const body = { filter: { source, queue, states: ['failed'] }, action, reason: 'test' };
    expect(
      (await expectProblem(await request.post(`${API}/operations`, { data: body }), 'nothing_matches')).count,
    ).toBe(0);
    await expectInvalid(await request.post(`${API}/operations`, { data: { ...body, reason: ' ' } }), 'reason');
    await expectInvalid(
      await request.post(`${API}/operations`, { data: { ...body, filter: { source, queue } } }),
      'filter.states',
    );
    await expectProblem(
      await request.post(`${API}/operations/preview`, {
        data: { filter: { source, queue: 'no such', states: ['failed'] }, action },
      }),
      'queue_not_found',
    );
    await expectProblem(
      await request.get(`${API}/operations/00000000-0000-4000-8000-000000000000`),
      'operation_not_found',
    );
    const move = { filter: { source, queue, states: ['delayed'] }, action: { kind: 'move', toQueue: queue } };
    await expectProblem(await request.post(`${API}/operations/preview`, { data: move }), 'not_supported');
  });
});
