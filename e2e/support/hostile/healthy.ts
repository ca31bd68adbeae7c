import { setTimeout as sleep } from 'node:timers/promises';
import type { TestBroker } from '@/lib/testing/brokers';
import { HEALTHY, type OddPlace } from './place';

const EVERY_MS = 250;
/** Figures are no older than this, and a job is found after this at most. */
const FRESH_MS = 5_000;
const FOUND_MS = 10_000;

/** Somebody's ordinary queues: real workers, a job every 250 ms in each, every tenth of them fails. */
export class HealthyTraffic {
  #stopping = new AbortController();
  #running: Promise<void>[] = [];
  /** Of each queue, what its worker has completed. */
  readonly completed = new Map<string, number>();

  constructor(
    readonly source: string,
    private readonly broker: TestBroker,
  ) {
    for (const queue of HEALTHY) {
      const worker = broker.worker(queue, async (job) => {
        if (job.name === 'fails') throw new Error('421 4.7.0 Try again later');
        return { sent: true };
      });
      worker.on('completed', () => this.completed.set(queue, (this.completed.get(queue) ?? 0) + 1));
      this.#running.push(this.#trickle(queue));
    }
  }

  async add(queue: string, id: string, data: unknown = { to: 'ada@example.com' }): Promise<void> {
    await this.broker.queue(queue).add('probe', data, { jobId: id });
  }

  /** Jobs as large as a page shows them whole. */
  async addLarge(): Promise<OddPlace> {
    const place = { source: this.source, queue: HEALTHY[0], jobs: ['large-1', 'large-2', 'large-3'], schedulers: [] };
    const rows = Array.from({ length: 4_000 }, (_, i) => ({ row: i, text: 'some words of an ordinary job' }));
    for (const id of place.jobs) await this.add(place.queue, id, { rows });
    return place;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  async #trickle(name: string): Promise<void> {
    const { signal } = this.#stopping;
    const queue = this.broker.queue(name);
    for (let i = 0; !signal.aborted; i += 1) {
      await queue.add(i % 10 === 9 ? 'fails' : 'mail', { i });
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

export interface Watched {
  faults: string[];
  /** The oldest figures that were met, and the longest that a job took to be found; ms. */
  oldestMs: number;
  longestMs: number;
  probes: number;
}

/** Looks at the healthy queues of a source, again and again, until told to stop. */
export function watchHealthy(url: string, traffic: HealthyTraffic): { stop(): Promise<Watched> } {
  const stopping = new AbortController();
  const watched: Watched = { faults: [], oldestMs: 0, longestMs: 0, probes: 0 };
  const running = Promise.all([
    lookAtFigures(url, traffic, watched, stopping.signal),
    probe(url, traffic, watched, stopping.signal),
  ]);
  running.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await running;
      return watched;
    },
  };
}

interface Figures {
  asOf: string;
  counts: Record<string, number | null>;
}

async function lookAtFigures(
  url: string,
  { source, completed }: HealthyTraffic,
  watched: Watched,
  signal: AbortSignal,
) {
  const before: { at: number; completed: Map<string, number> }[] = [];
  while (!signal.aborted) {
    before.push({ at: Date.now(), completed: new Map(completed) });
    for (const queue of HEALTHY) {
      const response = await fetch(`${url}/api/v1/queues/${source}/${queue}`);
      const figures = (await response.json()) as Figures;
      if (!response.ok) {
        watched.faults.push(`${source} ${queue}: ${response.status}`);
        continue;
      }
      const ageMs = Date.now() - Date.parse(figures.asOf);
      watched.oldestMs = Math.max(watched.oldestMs, ageMs);
      if (ageMs > FRESH_MS) watched.faults.push(`${source} ${queue}: figures ${ageMs} ms old`);
      // As many as had ended when the oldest of what may be shown was read.
      const then = before.filter(({ at }) => at <= Date.now() - FRESH_MS).at(-1);
      const least = then?.completed.get(queue) ?? 0;
      if ((figures.counts.completed ?? -1) < least)
        watched.faults.push(`${source} ${queue}: ${figures.counts.completed} completed, and there were ${least}`);
    }
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
}

async function probe(url: string, traffic: HealthyTraffic, watched: Watched, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i += 1) {
    const queue = HEALTHY[i % HEALTHY.length] as string;
    const id = `probe-${crypto.randomUUID()}`;
    const at = Date.now();
    await traffic.add(queue, id);
    const tookMs = await untilFound(url, traffic.source, id, at);
    watched.probes += 1;
    watched.longestMs = Math.max(watched.longestMs, tookMs);
    if (tookMs > FOUND_MS) watched.faults.push(`${traffic.source} ${queue}: a job was not found within ${FOUND_MS} ms`);
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
}

interface Found {
  items: { recorded: boolean; state: string }[];
}

/** Recorded as completed. */
async function untilFound(url: string, source: string, id: string, from: number): Promise<number> {
  const q = encodeURIComponent(`id:"${id}" state:completed`);
  while (Date.now() - from <= FOUND_MS) {
    const response = await fetch(`${url}/api/v1/jobs?source=${source}&q=${q}`);
    const { items = [] } = (await response.json()) as Partial<Found>;
    if (items.some(({ recorded }) => recorded)) return Date.now() - from;
    await sleep(200);
  }
  return Date.now() - from;
}
