import { expect, it } from 'vitest';
import { until } from '@/lib/testing/until';
import { type Bench, figuresOf, job, runAll } from './broker';

const CAP = 262_144;

export function testOneJob(bench: Bench): void {
  it('is null for a job or a queue that does not exist', async () => {
    await bench.backend.addJobs('one', [job('here')]);
    expect(await bench.backend.getJob('one', 'nope', CAP)).toBeNull();
    expect(await bench.backend.getJob('no-such-queue', '1', CAP)).toBeNull();
    expect(await bench.backend.getLogs('one', 'nope', 0, 10)).toBeNull();
  });

  it('shows a hostile name and id as they are', async () => {
    const name = `<img src=x onerror=alert(1)> ${'n'.repeat(200)}`;
    const id = 'ünï/%2F..\\ <b>"x\'';
    await bench.backend.addJobs('one-hostile', [job(name, { id }, { id })]);
    const found = await bench.backend.getJob('one-hostile', id, CAP);
    expect(found).toMatchObject({
      id,
      name,
      queue: 'one-hostile',
      state: 'waiting',
      result: null,
      error: null,
      children: null,
    });
    expect(JSON.parse(found?.data.text ?? '')).toEqual({ id });
  });

  it('cuts a big payload between characters and tells its true size', async () => {
    const data = { text: 'é'.repeat(500_000) };
    const sizeBytes = Buffer.byteLength(JSON.stringify(data));
    const [added] = await bench.backend.addJobs('one-big', [job('big', {}, data)]);
    const cut = await bench.backend.getJob('one-big', added?.id ?? '', 1001);
    expect(cut?.data.truncated).toBe(true);
    expect(Math.abs((cut?.data.sizeBytes ?? 0) - sizeBytes)).toBeLessThan(16);
    expect(Buffer.byteLength(cut?.data.text ?? '')).toBeLessThanOrEqual(1001);
    expect(cut?.data.text).toMatch(/^\{"text": ?"é+$/);
    const whole = await bench.backend.getJob('one-big', added?.id ?? '', Number.MAX_SAFE_INTEGER);
    expect(JSON.parse(whole?.data.text ?? '')).toEqual(data);
    expect(whole?.data.truncated).toBe(false);
  });

  it('shows the result, the attempts with their stacks, the progress and the logs', async () => {
    const queue = 'one-life';
    const [added] = await bench.backend.addJobs(queue, [job('tries', { attempts: 2 }, { n: 1 })]);
    const id = added?.id ?? '';
    let runs = 0;
    const worker = bench.broker.worker(
      queue,
      async (one) => {
        runs += 1;
        await one.updateProgress({ done: runs, total: 2 });
        for (let i = 0; i < 3; i++) await one.log(`run ${runs} line ${i}`);
        if (runs === 1) throw new Error('first try fails');
        return { answer: 42 };
      },
      { name: 'life-worker' },
    );
    const found = await until(async () => {
      const now = await bench.backend.getJob(queue, id, CAP);
      return now?.state === 'completed' && now;
    }, 'the second attempt');
    await worker.close();
    expect(found).toMatchObject({
      attemptsMade: 2,
      attempts: 2,
      progress: { done: 2, total: 2 },
      error: null,
      logs: 6,
      worker: 'life-worker',
    });
    expect(JSON.parse(found.result?.text ?? '')).toEqual({ answer: 42 });
    expect(found.stacktraces).toHaveLength(1);
    expect(found.stacktraces[0]).toContain('first try fails');
    expect(found.startedAt && found.finishedAt && found.startedAt <= found.finishedAt).toBe(true);
    const logs = await bench.backend.getLogs(queue, id, 2, 2);
    expect(logs?.total).toBe(6);
    expect(logs?.lines.map((line) => /run \d line \d/.exec(line)?.[0])).toEqual(['run 1 line 2', 'run 2 line 0']);
    expect((await bench.backend.getLogs(queue, id, 6, 10))?.lines).toEqual([]);
  });

  it('shows what failed, with its code when the message names one', async () => {
    const queue = 'one-failed';
    const [added] = await bench.backend.addJobs(queue, [job('fails_it')]);
    await runAll(bench, queue, 1);
    const found = await bench.backend.getJob(queue, added?.id ?? '', CAP);
    expect(found).toMatchObject({ state: 'failed', error: { message: expect.stringContaining('no: fails_it') } });
    expect(found?.error?.stack).toContain('fails_it');
  });

  it('shows a flow from both ends', async () => {
    const { job: parent } = await bench.broker.flows().add({
      name: 'close',
      queueName: 'one-parent',
      children: [
        { name: 'export', queueName: 'one-child', data: {} },
        { name: 'reconcile', queueName: 'one-child', data: {} },
      ],
    });
    await until(
      async () => (await bench.backend.hasQueue('one-child')) && (await bench.backend.hasQueue('one-parent')),
      'queues',
    );
    const found = await bench.backend.getJob('one-parent', parent.id ?? '', CAP);
    expect(found).toMatchObject({ state: 'waiting-children', children: { total: 2 } });
    expect(found?.children?.items.map((child) => [child.queue, child.name, child.state]).sort()).toEqual([
      ['one-child', 'export', 'waiting'],
      ['one-child', 'reconcile', 'waiting'],
    ]);
    const listed = await bench.backend.listJobs('one-parent', 'waiting-children', null, 10);
    expect(listed.items.map((row) => row.id)).toEqual([parent.id]);
    const childId = found?.children?.items[0]?.id ?? '';
    expect((await bench.backend.getJob('one-child', childId, CAP))?.parent).toEqual({
      queue: 'one-parent',
      id: parent.id,
    });
    expect((await figuresOf(bench.backend, 'one-parent'))?.counts['waiting-children']).toBe(1);
    await runAll(bench, 'one-child', 2);
    const after = await until(async () => {
      const now = await bench.backend.getJob('one-parent', parent.id ?? '', CAP);
      return now?.state === 'waiting' && now;
    }, 'the parent to be let go');
    expect(after.children?.items.map((child) => child.state)).toEqual(['completed', 'completed']);
  });
}
