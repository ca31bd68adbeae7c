import type { BrokerRow, NewJob, Position, QueueBackend } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { until } from '@/lib/testing/until';

/** What the battery needs of BullMQ's own classes; those of every BullMQ backend fit. */
export interface TestQueue {
  add(name: string, data: unknown, options?: object): Promise<{ id?: string | undefined }>;
  upsertJobScheduler(id: string, repeat: { every: number }, template: { name: string }): Promise<unknown>;
  setGlobalConcurrency(concurrency: number): Promise<unknown>;
  setGlobalRateLimit(max: number, duration: number): Promise<unknown>;
  obliterate(options: { force: boolean }): Promise<unknown>;
  pause(): Promise<unknown>;
  resume(): Promise<unknown>;
}

export interface TestJob {
  id?: string | undefined;
  name: string;
  data: unknown;
  opts: object;
  updateProgress(progress: object | number): Promise<void>;
  log(line: string): Promise<unknown>;
}

export interface TestFlow {
  name: string;
  queueName: string;
  data?: unknown;
  opts?: object;
  children?: TestFlow[];
}

export interface Broker {
  backend: QueueBackend;
  queue(name: string): TestQueue;
  worker(
    queue: string,
    run: (job: TestJob) => Promise<unknown>,
    options?: { name?: string; concurrency?: number; metrics?: { maxDataPoints: number } },
  ): { close(force?: boolean): Promise<void> };
  flows(): {
    add(flow: TestFlow): Promise<{ job: { id?: string | undefined } }>;
    addBulk(flows: TestFlow[]): Promise<unknown>;
  };
  /** Deletes what BullMQ keeps of the queue itself (pause, limits, version): evicted, or deleted by somebody. */
  loseMeta(queue: string): Promise<unknown>;
  /** SIGSTOP and SIGCONT; SIGKILL and start again on the same data. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Bench {
  readonly broker: Broker;
  readonly backend: QueueBackend;
}

export const job = (name: string, options: NewJob['options'] = {}, data: unknown = {}): NewJob => ({
  name,
  data,
  options,
});

/** Follows the pages to the end. `between` runs after each page. */
export async function readAll(
  backend: QueueBackend,
  queue: string,
  state: JobState,
  limit: number,
  between: () => Promise<unknown> = async () => undefined,
): Promise<BrokerRow[]> {
  const rows: BrokerRow[] = [];
  let position: Position | null = null;
  do {
    const page = await backend.listJobs(queue, state, position, limit);
    rows.push(...page.items);
    // Cursors travel as JSON.
    position = page.next === null ? null : (JSON.parse(JSON.stringify(page.next)) as Position);
    await between();
  } while (position !== null);
  return rows;
}

export async function figuresOf(backend: QueueBackend, queue: string) {
  return (await backend.snapshot()).queues.find((one) => one.name === queue);
}

/** Runs all jobs of a queue to their end with a worker that fails those named `fails`. */
export async function runAll({ broker, backend }: Bench, queue: string, count: number): Promise<void> {
  const worker = broker.worker(
    queue,
    async (one) => {
      if (one.name.startsWith('fails')) throw new Error(`no: ${one.name}\nsecond line`);
      return { ok: one.name };
    },
    { name: 'runner', concurrency: 1 },
  );
  await until(async () => {
    const counts = (await figuresOf(backend, queue))?.counts;
    return counts && (counts.completed ?? 0) + (counts.failed ?? 0) >= count;
  }, `${count} jobs of ${queue} to end`);
  await worker.close();
}

export interface Held {
  id: string;
  end(): Promise<void>;
}

/** Adds a job and a worker that keeps it active until `end`. */
export async function holdActive({ broker, backend }: Bench, queue: string, data: unknown = {}): Promise<Held> {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const [added] = await backend.addJobs(queue, [job('held', {}, data)]);
  const id = added?.id ?? '';
  const worker = broker.worker(queue, async () => {
    await held;
  });
  await until(async () => (await backend.getJob(queue, id, 1000))?.state === 'active', `${id} to be active`);
  return {
    id,
    end: async () => {
      release();
      await worker.close();
    },
  };
}
