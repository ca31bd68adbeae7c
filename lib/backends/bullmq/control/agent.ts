import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { type ControlConnection, type ControlTarget, connectControl, type Wake } from './connect';
import { type AttachedWorker, OrderBook } from './obey-orders';
import { BEAT_EVERY_MS, type Beat, type CancelRecord, runOf } from './protocol';
import { SIGNS_TOLD } from './worker-sign';

/** A job that runs in this process now. `cancel` is set once it was told to stop. */
export interface RunningJob {
  queue: string;
  id: string;
  name: string;
  run: string;
  startedAt: number;
  /** False for a processor that takes no signal: it cannot be stopped, so nothing is acknowledged. */
  heeds: boolean;
  cancel: CancelRecord | null;
  abort: AbortController;
}

const RUNNING_SHOWN = 20;
const PRUNE_EVERY_BEATS = 12;

/**
 * One per process, broker and namespace, shared by its workers. Holds the running jobs, beats, and matches cancel orders with
 * them. `orders` mirrors the broker's hash: filled whole at each (re)connect and beat, and one by one by the wake-ups; so a job
 * that starts finds its order without a round trip.
 */
export class ControlAgent {
  private readonly workers = new Set<AttachedWorker>();
  private readonly running = new Set<RunningJob>();
  private orders = new Map<string, CancelRecord>();
  private readonly book: OrderBook;
  private readonly rate = new MinuteRate();
  private readonly processId = `${hostname()}:${process.pid}`;
  private readonly startedAt = Math.round(Date.now() - process.uptime() * 1000);
  private readonly connection: Promise<ControlConnection>;
  private readonly cpu = new CpuMeter();
  private readonly timer: NodeJS.Timeout;
  private beats = 0;
  private closed = false;
  private soon = false;

  constructor(
    target: ControlTarget,
    prefix: string,
    private readonly version: string,
    beatEveryMs = BEAT_EVERY_MS,
    private readonly ours = false,
  ) {
    this.book = new OrderBook(this.processId, this.startedAt, {
      workers: () => [...this.workers],
      running: () => [...this.running],
      changed: () => this.beatSoon(),
    });
    this.connection = connectControl(target, prefix, (wake) => {
      if (!this.closed) void this.look(wake).catch(() => undefined);
    });
    this.connection.catch(() => undefined);
    this.timer = setInterval(() => void this.beat().catch(() => undefined), beatEveryMs);
    this.timer.unref();
  }

  attach(worker: AttachedWorker): void {
    this.workers.add(worker);
    this.beatSoon();
  }

  /** What is left is told at once. After the last one the agent is closed; `onLast` runs before anything else can happen. */
  async detach(worker: AttachedWorker, onLast: () => void): Promise<void> {
    this.workers.delete(worker);
    if (this.workers.size > 0) return this.beatSoon();
    this.closed = true;
    onLast();
    clearInterval(this.timer);
    const { channel, close } = await this.connection;
    await channel.removeBeat(this.processId).catch(() => undefined);
    await close();
  }

  begin(
    job: { queue: string; id: string; name: string; timestamp: number; attemptsMade: number },
    heeds: boolean,
  ): RunningJob {
    const { queue, id, name } = job;
    const run = runOf({ addedAtMs: job.timestamp, attemptsMade: job.attemptsMade });
    const entry: RunningJob = {
      ...{ queue, id, name, run, heeds },
      startedAt: Date.now(),
      cancel: null,
      abort: new AbortController(),
    };
    this.running.add(entry);
    const order = this.orders.get(keyOf(entry));
    if (order) void this.obey(order).catch(() => undefined);
    return entry;
  }

  end(entry: RunningJob): void {
    this.running.delete(entry);
    this.rate.count();
  }

  /** Beats now rather than at the next turn; several calls in one tick make one beat. */
  beatSoon(): void {
    if (this.closed || this.soon) return;
    this.soon = true;
    setImmediate(() => {
      this.soon = false;
      if (!this.closed) void this.beat().catch(() => undefined);
    });
  }
  private async beat(): Promise<void> {
    const { channel } = await this.connection;
    await channel.writeBeat(this.describe());
    if (this.closed) return void (await channel.removeBeat(this.processId));
    await this.look(null);
    this.beats += 1;
    if (this.beats % PRUNE_EVERY_BEATS === 1) await channel.prune();
  }

  private describe(): Omit<Beat, 'beatAt'> {
    const workers = [...this.workers];
    const running = [...this.running].sort((a, b) => a.startedAt - b.startedAt);
    const queues = [...new Set(workers.map((worker) => worker.queue))].sort();
    return {
      id: this.processId,
      host: hostname(),
      pid: process.pid,
      queues,
      lanes: queues.map((queue) => {
        const here = workers.filter((worker) => worker.queue === queue);
        return {
          queue,
          slots: sumSlots(here),
          busy: running.filter((job) => job.queue === queue).length,
          quiet: here.every((worker) => worker.closing || worker.isPaused()),
          workers: here.slice(0, SIGNS_TOLD).map((worker) => worker.sign()),
        };
      }),
      slots: sumSlots(workers),
      busy: running.length,
      running: running
        .slice(0, RUNNING_SHOWN)
        .map(({ queue, id, name, startedAt }) => ({ queue, id, name, startedAt })),
      donePerMinute: this.rate.perMinute(),
      cpu: this.cpu.read(),
      memoryBytes: process.memoryUsage.rss(),
      startedAt: this.startedAt,
      version: this.version,
      ...(this.ours ? { ours: true } : {}),
      status: statusOf(workers),
    };
  }

  private async look(job: Wake): Promise<void> {
    const { channel } = await this.connection;
    if (job !== null && 'worker' in job) {
      if (job.worker === this.processId) await this.book.look(channel);
      return;
    }
    if (job === null) {
      await this.book.look(channel);
      const records = await channel.readCancels();
      this.orders = new Map(records.map((record) => [keyOf(record), record]));
      await Promise.all(records.map((record) => this.obey(record)));
      return;
    }
    const record = await channel.readCancel(job.queue, job.id);
    if (record === null) return;
    this.orders.set(keyOf(record), record);
    await this.obey(record);
  }

  /** Stops what the order means, if it runs here. Safe to repeat: an acknowledgement that was lost is written again. */
  private async obey(order: CancelRecord): Promise<void> {
    for (const entry of this.running) {
      if (keyOf(entry) !== keyOf(order) || entry.run !== order.run) continue;
      entry.cancel ??= order;
      if (!entry.heeds) continue;
      const abort = () => entry.abort.abort(new Error(describeCancel(order)));
      if (order.acknowledgedAt !== null) return abort();
      const { channel } = await this.connection;
      // The job ends only after its end is explained, yet a broker that is away must not keep it going.
      await channel.acknowledgeCancel(order, this.processId, Date.now()).finally(abort);
    }
  }
}

function statusOf(workers: AttachedWorker[]): Beat['status'] {
  if (workers.every((worker) => worker.closing)) return 'stopping';
  return workers.every((worker) => worker.closing || worker.isPaused()) ? 'quiet' : 'up';
}

const sumSlots = (workers: AttachedWorker[]) => workers.reduce((sum, worker) => sum + worker.slots(), 0);

export function describeCancel(order: CancelRecord): string {
  return order.reason ? `cancelled: by ${order.by}: ${order.reason}` : `cancelled: by ${order.by}`;
}

/** BullMQ's own version, as "bullmq 6.7.0". */
export function bullmqVersion(): string {
  try {
    const { version } = createRequire(import.meta.url)('bullmq/package.json') as { version: string };
    return `bullmq ${version}`;
  } catch {
    return 'bullmq';
  }
}

function keyOf(job: { queue: string; id: string }): string {
  return JSON.stringify([job.queue, job.id]);
}

/** Events in the last 60 s, in buckets of 5 s; scaled up while the process is younger than that. */
class MinuteRate {
  private readonly buckets = new Map<number, number>();
  private readonly since = Date.now();

  count(): void {
    const bucket = Math.floor(Date.now() / 5_000);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
    if (this.buckets.size > 14) this.dropOld(bucket);
  }

  perMinute(): number {
    const now = Date.now();
    this.dropOld(Math.floor(now / 5_000));
    const total = [...this.buckets.values()].reduce((sum, n) => sum + n, 0);
    const spanMs = Math.min(Math.max(now - this.since, 5_000), 60_000);
    return Math.round((total * 60_000) / spanMs);
  }

  private dropOld(current: number): void {
    for (const bucket of this.buckets.keys()) if (bucket <= current - 12) this.buckets.delete(bucket);
  }
}

/** Share of one core since the last reading. */
class CpuMeter {
  private usage = process.cpuUsage();
  private at = performance.now();

  read(): number {
    const usage = process.cpuUsage();
    const at = performance.now();
    const busyMs = (usage.user + usage.system - this.usage.user - this.usage.system) / 1000;
    const share = busyMs / Math.max(at - this.at, 1);
    this.usage = usage;
    this.at = at;
    return Math.round(share * 1000) / 1000;
  }
}
