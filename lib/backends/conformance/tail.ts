import { expect, it } from 'vitest';
import type { BackendEvent } from '@/lib/backends/backend';
import { until } from '@/lib/testing/until';
import { type Bench, job } from './broker';

interface Heard {
  events: BackendEvent[];
  of(queue: string): BackendEvent[];
  stop(): Promise<void>;
}

/** Listens until `stop`; ready when it has heard a job of its own. */
export async function listen(bench: Bench): Promise<Heard> {
  const ends = new AbortController();
  const events: BackendEvent[] = [];
  const done = (async () => {
    for await (const batch of bench.backend.events(ends.signal)) events.push(...batch);
  })();
  const of = (queue: string) => events.filter((event) => event.type !== 'gap' && event.queue === queue);
  await until(async () => {
    if (of('tail-ready').length > 0) return true;
    await bench.backend.addJobs('tail-ready', [job('ready')]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return of('tail-ready').length > 0;
  }, 'the tail to begin');
  return {
    events,
    of,
    stop: async () => {
      ends.abort();
      await done;
    },
  };
}

const states = (events: BackendEvent[], id: string) =>
  events.flatMap((event) => (event.type === 'state' && event.id === id ? [event.state] : []));

export function testTail(bench: Bench): void {
  it('tells a life in order: states, progress, the name at first, the error at last', async () => {
    const heard = await listen(bench);
    const queue = 'tail-life';
    const worker = bench.broker.worker(queue, async (one) => {
      for (let i = 1; i <= 3; i++) await one.updateProgress({ done: i });
      if (one.name === 'bad') throw new Error('tail: boom\nsecond line');
    });
    const [good, bad] = await bench.backend.addJobs(queue, [job('good'), job('bad')]);
    await until(() => states(heard.of(queue), bad?.id ?? '').includes('failed'), 'the failure');
    expect(states(heard.of(queue), good?.id ?? '')).toEqual(['waiting', 'active', 'completed']);
    expect(states(heard.of(queue), bad?.id ?? '')).toEqual(['waiting', 'active', 'failed']);
    const ofBad = heard
      .of(queue)
      .filter((event) => event.type !== 'queue' && event.type !== 'gap' && event.id === bad?.id);
    expect(ofBad[0]).toMatchObject({ type: 'state', state: 'waiting', name: 'bad' });
    expect(ofBad.at(-1)).toMatchObject({ type: 'state', state: 'failed', error: 'tail: boom' });
    const progress = ofBad.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
    expect(progress.at(-1)).toEqual({ done: 3 });
    await worker.close();
    await heard.stop();
  });

  it('tells removal, delay and pause', async () => {
    const heard = await listen(bench);
    const queue = 'tail-changes';
    const [later] = await bench.backend.addJobs(queue, [job('later', { delayMs: 60_000 })]);
    const id = later?.id ?? '';
    await bench.backend.remove?.(queue, id);
    await bench.backend.pause?.(queue);
    await until(() => heard.of(queue).some((event) => event.type === 'queue'), 'the pause');
    await until(() => states(heard.of(queue), id).includes(null), 'the removal');
    expect(states(heard.of(queue), id)).toEqual(['delayed', null]);
    await heard.stop();
  });

  it('hears a queue that did not exist when it began', async () => {
    const heard = await listen(bench);
    const queue = `tail-new-${Date.now()}`;
    const { id } = await bench.broker.queue(queue).add('first', {});
    await until(() => states(heard.of(queue), id ?? '').includes('waiting'), 'the new queue');
    await heard.stop();
  });

  it('loses nothing of a burst', async () => {
    const heard = await listen(bench);
    const queue = 'tail-burst';
    let ran = 0;
    const worker = bench.broker.worker(
      queue,
      async () => {
        ran += 1;
      },
      { concurrency: 20 },
    );
    const added = await bench.backend.addJobs(
      queue,
      Array.from({ length: 500 }, (_, i) => job(`b${i}`)),
    );
    await until(() => ran === 500, 'the burst to run');
    const completed = () =>
      new Set(
        heard.of(queue).flatMap((event) => (event.type === 'state' && event.state === 'completed' ? [event.id] : [])),
      );
    await until(() => completed().size === 500, 'all to be told');
    expect(completed()).toEqual(new Set(added.map(({ id }) => id)));
    await worker.close();
    await heard.stop();
  });

  it('ends at once when it is aborted', async () => {
    const heard = await listen(bench);
    const from = Date.now();
    await heard.stop();
    expect(Date.now() - from).toBeLessThan(500);
  });
}
