import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue, Worker, WorkerOptions } from 'bullmq';

/** BullMQ's own classes on one broker. */
export interface Clients {
  queue(name: string, maxEvents: number | null): Queue;
  worker(name: string, run: (job: Job) => Promise<unknown>, options: Partial<WorkerOptions>): Worker;
}

/** A generator of numbers in [0, 1) that a seed decides. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Kind {
  name: string;
  /** Entries that its log may hold; null = BullMQ's own 10,000. */
  maxEvents: number | null;
  worker: Partial<WorkerOptions> | null;
  options: (random: () => number) => object;
  /** How long a job takes, ms. */
  workMs: (random: () => number) => number;
}

const retried = (random: () => number) => ({ attempts: 1 + Math.floor(random() * 3), backoff: 20 });
const quick = (random: () => number) => random() * 15;

/** Queues of all the kinds that behave differently to one who only listens. */
const KINDS: Kind[] = [
  {
    name: 'removed',
    maxEvents: null,
    worker: { concurrency: 5 },
    options: (random) => ({ ...retried(random), removeOnComplete: true, removeOnFail: true }),
    workMs: quick,
  },
  { name: 'kept', maxEvents: null, worker: { concurrency: 5 }, options: retried, workMs: quick },
  {
    name: 'metered',
    maxEvents: 400,
    worker: { concurrency: 5, metrics: { maxDataPoints: 2_000 } },
    options: (random) => ({ ...retried(random), removeOnComplete: { count: 50 }, removeOnFail: { count: 50 } }),
    workMs: quick,
  },
  {
    name: 'short-log',
    maxEvents: 200,
    worker: { concurrency: 8 },
    options: () => ({ removeOnComplete: true }),
    workMs: quick,
  },
  {
    name: 'named',
    maxEvents: null,
    worker: { concurrency: 3 },
    options: (random) => ({
      jobId: `n:${Math.floor(random() * 400)}`.replace(':', '-'),
      removeOnComplete: { count: 20 },
    }),
    workMs: quick,
  },
  {
    name: 'later',
    maxEvents: null,
    worker: { concurrency: 3 },
    options: (random) => ({ delay: Math.floor(random() * 3_000), priority: Math.floor(random() * 4) }),
    workMs: quick,
  },
  {
    name: 'stalling',
    maxEvents: null,
    worker: { concurrency: 4, lockDuration: 600, stalledInterval: 400, skipLockRenewal: true, maxStalledCount: 3 },
    options: retried,
    workMs: (random) => (random() < 0.03 ? 2_000 : random() * 10),
  },
  { name: 'nobody', maxEvents: null, worker: null, options: () => ({}), workMs: quick },
];

/** Adds, retries, removes, cleans, obliterates, bursts beyond what a log holds, queues that come and go. What fails is another's concern. */
export class Workload {
  readonly #queues = new Map<string, Queue>();
  readonly #workers: Worker[] = [];
  readonly #random: () => number;
  #born = 0;
  readonly done = new Map<string, number>();
  readonly #visits: Promise<void>[] = [];
  /** Queues that came and went, epoch ms; whole after `drain`. */
  readonly lives: { name: string; from: number; to: number }[] = [];

  constructor(
    private readonly clients: Clients,
    seed: number,
  ) {
    this.#random = randomOf(seed);
    for (const kind of KINDS) this.#open(kind);
  }

  /** One thing that somebody does to the broker. */
  async step(): Promise<void> {
    const [name, act] = this.#pick<[string, () => Promise<unknown>]>([
      ...Array<[string, () => Promise<unknown>]>(12).fill(['add', () => this.#add(this.#kind(), 1 + this.#below(30))]),
      ['burst', () => this.#add(this.#kindOf('short-log', 'metered'), 700)],
      ['retry', () => this.#queue().retryJobs({ count: 20 })],
      ['retry one', () => this.#one('failed', (job) => job.retry())],
      ['remove', () => this.#one('waiting', (job) => job.remove())],
      ['remove ended', () => this.#one('completed', (job) => job.remove())],
      ['promote', () => this.#one('delayed', (job) => job.promote())],
      ['clean', () => this.#queue().clean(0, 30, this.#pick(['completed', 'failed', 'wait', 'delayed']))],
      ['drain', () => this.#queue('nobody').drain()],
      ['obliterate', () => this.#queue('nobody', 'kept', 'later').obliterate({ force: true })],
      ['visit', () => this.#visit()],
    ]);
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
    await Promise.race([act().catch(() => undefined), sleep(2_000)]);
  }

  /** Visits are over, and no worker takes a job any more once those that are there have run; what is delayed comes due. Throws when none ends for so long. */
  async drain(stuckMs: number, limitMs: number): Promise<void> {
    await Promise.all(this.#visits);
    const end = Date.now() + limitMs;
    let least = Number.POSITIVE_INFINITY;
    let leftAt = '';
    for (let stuck = Date.now() + stuckMs; Date.now() < Math.min(stuck, end); await sleep(200)) {
      const left = await Promise.all(
        KINDS.filter(({ worker }) => worker).map(({ name }) =>
          this.#queue(name).getJobCountByTypes('wait', 'active', 'delayed', 'prioritized'),
        ),
      ).catch(() => null);
      if (left === null) continue;
      const total = left.reduce((all, count) => all + count, 0);
      if (total === 0) return;
      if (total < least) stuck = Date.now() + stuckMs;
      least = Math.min(least, total);
      leftAt = left.join(', ');
    }
    throw new Error(`the workload did not come to an end: ${leftAt} are left`);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#workers.map((worker) => worker.close(true)));
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()));
  }

  get queues(): ReadonlyMap<string, Queue> {
    return this.#queues;
  }

  #open(kind: Kind): Queue {
    const queue = this.clients.queue(kind.name, kind.maxEvents);
    queue.on('error', () => undefined);
    this.#queues.set(kind.name, queue);
    if (!kind.worker) return queue;
    const run = async () => {
      await sleep(kind.workMs(this.#random));
      if (this.#random() < 0.2) throw new Error('no luck');
    };
    const worker = this.clients.worker(kind.name, run, { runRetryDelay: 200, ...kind.worker });
    worker.on('error', () => undefined);
    this.#workers.push(worker);
    return queue;
  }

  #add(kind: Kind, count: number): Promise<unknown> {
    const jobs = Array.from({ length: count }, (_, n) => ({
      name: `job-${n % 3}`,
      data: { n },
      opts: kind.options(this.#random),
    }));
    return this.#queue(kind.name).addBulk(jobs);
  }

  /** A queue of a tenant: made, used for a while, obliterated; some of the same name as another before. */
  async #visit(): Promise<void> {
    this.#born += 1;
    const name = this.#born % 5 === 0 ? 'guest' : `tenant-${this.#born}`;
    const from = Date.now();
    const end = sleep(this.#random() * 12_000);
    const queue = this.clients.queue(name, null);
    queue.on('error', () => undefined);
    const jobs = Array.from({ length: 1 + this.#below(20) }, (_, n) => ({ name: 'visit', data: { n } }));
    const added = queue.addBulk(jobs).catch(() => undefined);
    const leave = async () => {
      await Promise.all([end, added]);
      await untilDone(() => queue.obliterate({ force: true }));
      this.lives.push({ name, from, to: Date.now() });
      await queue.close();
    };
    this.#visits.push(leave());
    await added;
  }

  async #one(
    state: 'failed' | 'waiting' | 'completed' | 'delayed',
    act: (job: Job) => Promise<unknown>,
  ): Promise<void> {
    const [job] = await this.#queue().getJobs([state === 'waiting' ? 'wait' : state], 0, 0);
    if (job) await act(job);
  }

  #kind = (): Kind => this.#pick(KINDS);
  #kindOf = (...names: string[]): Kind => this.#pick(KINDS.filter(({ name }) => names.includes(name)));
  #queue = (...names: string[]): Queue =>
    this.#queues.get((names.length === 0 ? this.#kind() : this.#kindOf(...names)).name) as Queue;
  #below = (limit: number): number => Math.floor(this.#random() * limit);
  #pick = <T>(all: readonly T[]): T => all[this.#below(all.length)] as T;
}

/** A broker that is being restarted refuses; what was asked for has to have happened all the same. */
async function untilDone(act: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(200);
    }
  }
}
