import { expect, it } from 'vitest';
import { until } from '@/lib/testing/until';
import { type Bench, job, readAll } from './broker';

export function testAdding(bench: Bench): void {
  it('tells for each job what became of it, in the order of the input', async () => {
    const added = await bench.backend.addJobs('add', [
      job('now'),
      job('later', { delayMs: 60_000 }),
      job('urgent', { priority: 3 }),
      job('own', { id: 'own-id' }),
      job('twice', { id: 'own-id' }),
      job('first', { deduplication: { id: 'd' } }),
      job('second', { deduplication: { id: 'd' } }),
    ]);
    expect(added.map(({ name, state, existed }) => [name, state, existed])).toEqual([
      ['now', 'waiting', false],
      ['later', 'delayed', false],
      ['urgent', 'prioritized', false],
      ['own', 'waiting', false],
      ['own', 'waiting', true],
      ['first', 'waiting', false],
      ['first', 'waiting', true],
    ]);
    expect(added[3]?.id).toBe('own-id');
    expect(added[6]?.id).toBe(added[5]?.id);
    const waiting = await readAll(bench.backend, 'add', 'waiting', 50);
    expect(waiting.map((row) => row.name)).toEqual(['now', 'own', 'first']);
  });

  it('adds a thousand in one go, each once and in order', async () => {
    const added = await bench.backend.addJobs(
      'add-many',
      Array.from({ length: 1000 }, (_, i) => job(`n${i}`)),
    );
    expect(new Set(added.map(({ id }) => id)).size).toBe(1000);
    const rows = await readAll(bench.backend, 'add-many', 'waiting', 200);
    expect(rows.map((row) => row.name)).toEqual(added.map(({ name }) => name));
  });

  it('hands a BullMQ worker the data and the options', async () => {
    const data = {
      text: '<script>alert(1)</script> ünï \u{1f600}',
      list: [1, 2.5, null],
      nested: { a: { b: '%2F/..' } },
    };
    await bench.backend.addJobs('add-worker', [
      job('greet', { attempts: 4, backoff: { type: 'exponential', delayMs: 500 }, lifo: true }, data),
    ]);
    let seen: unknown = null;
    const worker = bench.broker.worker('add-worker', async (one) => {
      seen = { got: one.data, opts: one.opts };
    });
    await until(() => seen, 'the worker to take it');
    await worker.close();
    expect(seen).toMatchObject({
      got: data,
      opts: { attempts: 4, lifo: true, backoff: { type: 'exponential', delay: 500 } },
    });
  });

  it('shows a queue as soon as something was added to it', async () => {
    const name = 'add ünï/%2F <b>';
    expect(await bench.backend.hasQueue(name)).toBe(false);
    await bench.backend.addJobs(name, [job('<script>alert(1)</script>')]);
    expect(await bench.backend.hasQueue(name)).toBe(true);
    expect(await bench.backend.queueNames()).toContain(name);
  });

  it('frees a deduplication id after its time', async () => {
    const once = job('once', { deduplication: { id: 'short', ttlMs: 150 } });
    const [first] = await bench.backend.addJobs('add-dedup', [once]);
    const [second] = await bench.backend.addJobs('add-dedup', [once]);
    expect(second).toMatchObject({ id: first?.id, existed: true });
    const third = await until(async () => {
      const [added] = await bench.backend.addJobs('add-dedup', [once]);
      return added?.existed === false && added;
    }, 'the id to be free again');
    expect(third.id).not.toBe(first?.id);
  });
}
