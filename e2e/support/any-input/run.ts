import { until } from '@/lib/testing/until';
import { Asking } from './asking';
import type { Call } from './call';
import { fixedCases } from './fixed/cases';
import { apiCall } from './making/api-calls';
import { fileCall, pageCall } from './making/page-calls';
import { playOnWire } from './making/wire-games';
import { Api } from './operations';
import { Random } from './random';
import { startProduct } from './world/build-world';
import type { World } from './world/world';

export interface AnyInputOptions {
  seed: number;
  /** The fixed ones among them. */
  calls: number;
  /** Of the random calls these only, by their places: how one is asked again. */
  only?: readonly number[];
  onProgress?(done: number): void;
}

export interface AnyInputReport {
  seed: number;
  calls: number;
  /** How many were answered by 2xx, and by each status. */
  taken: number;
  statuses: Record<number, number>;
  /** Operations of which not one call was taken. */
  neverTaken: string[];
  /** Answers that were late, or 503, beside others. */
  later: number;
  faults: string[];
  tookMs: number;
}

const AT_ONCE = 12;
const MOST_FAULTS = 20;

/** Starts a product, asks it everything, and sees that it still is there. */
export async function runAnyInput(options: AnyInputOptions): Promise<AnyInputReport> {
  let api: Api | null = null;
  const product = await startProduct(async (url) => {
    api = new Api(await (await fetch(`${url}/api/v1/openapi.json`)).json());
    return api;
  });
  try {
    if (!api) throw new Error('the product did not describe itself');
    const report = await askAll(api, product.world, options);
    report.faults.push(...(await seeThatItWorks(product.url)));
    report.faults.push(...product.logged.slice(0, 5).map((line) => `logged: ${line.slice(0, 1_500)}`));
    return report;
  } finally {
    await product.stop();
  }
}

async function askAll(api: Api, world: World, options: AnyInputOptions): Promise<AnyInputReport> {
  const { seed, calls, only } = options;
  const startedAt = performance.now();
  const asking = new Asking(world.ports);
  const fixed = only ? [] : fixedCases(world);
  await atOnce(fixed, (one) => asking.askFixed(one));
  const places = only ?? Array.from({ length: calls - fixed.length }, (_, place) => place);
  await atOnce(places, async (place, done) => {
    if (done % 1_000 === 0) options.onProgress?.(done);
    if (asking.faults.length < MOST_FAULTS)
      await asking.ask(randomCall(api, world, new Random(seed, place)), `call ${place}`);
  });
  const later = asking.later.length;
  await asking.askAgain();
  const { taken, statuses, faults } = asking;
  return {
    ...{ seed, calls, statuses, later, faults },
    taken: [...taken.values()].reduce((sum, one) => sum + one, 0),
    neverTaken: api.operations.map(({ id }) => id).filter((id) => !taken.has(id)),
    tookMs: performance.now() - startedAt,
  };
}

/** So many on their way that both web processes and their brokers have something to do. */
async function atOnce<T>(items: readonly T[], run: (item: T, done: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const at = next++;
      await run(items[at] as T, at);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

function randomCall(api: Api, world: World, random: Random): Call {
  const call = random.weighted<() => Call>([
    [98, () => apiCall(api, world, random)],
    [1, () => pageCall(world, random)],
    [1, () => fileCall(world, random)],
  ])();
  return random.chance(0.2) ? playOnWire(call, random) : call;
}

/** Up, ready, and taking jobs on both brokers. */
async function seeThatItWorks(url: string): Promise<string[]> {
  const faults: string[] = [];
  // The store and every broker answer. What was set aside of all that is a word of it, and no reason not to be ready.
  const isReady = async () => (await fetch(`${url}/api/v1/readyz`)).status === 200;
  await until(isReady, 'ready at the end', 15_000).catch((error: Error) => faults.push(error.message));
  for (const source of ['redis', 'postgres']) {
    const job = { name: 'after', data: { text: 'x' } };
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(job) };
    const response = await fetch(`${url}/api/v1/queues/${source}/after/jobs`, init);
    if (response.status !== 201) faults.push(`${source} takes no jobs at the end: ${await response.text()}`);
  }
  return faults;
}
