import { CodedError } from '@/lib/contracts/errors';

import type { JobRecord } from './job-record';
import type { Scope } from './job-scope';
import type { Ledger } from './ledger';
import { keyOf } from './memory';

const MOST_KEPT = 10_000;
const MOST_TRIALS = 400;
const SAMPLE_CHARS = 2_000;

/**
 * SQLSTATE classes of what is wrong with the data, and not with the store: cardinality, data, constraints, limits, and what triggers and
 * their functions raise.
 */
const OF_DATA = /^(21|22|23|38|39|44|54|P0)/;

/** The store answers, and does not take what it was given. */
export function isRefusedByStore(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error instanceof CodedError) return error.code === 'validation_failed';
  if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError) return true;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.length === 5 && OF_DATA.test(code);
}

/** A job that cannot be recorded. */
export interface RefusedJob {
  queue: string;
  id: string;
  reason: string;
  sample: string | null;
}

/** Jobs that are not recorded any more by this process, so that what is wrong with them is met once. */
export class RefusedJobs {
  #keys = new Set<string>();
  /** Met since they were told last. */
  #fresh: RefusedJob[] = [];

  has(queue: string, id: string): boolean {
    return this.#keys.size > 0 && this.#keys.has(keyOf(queue, id));
  }

  add(job: RefusedJob, { memory }: Pick<Scope, 'memory'>): void {
    for (const oldest of this.#keys) {
      if (this.#keys.size < MOST_KEPT) break;
      this.#keys.delete(oldest);
    }
    this.#keys.add(keyOf(job.queue, job.id));
    this.#fresh.push(job);
    memory.drop(job.queue, job.id);
  }

  /** Takes what is said of one job, unless it is set aside; what cannot be taken sets it aside. */
  guard({ queue, id }: { queue: string; id: string }, scope: Pick<Scope, 'memory' | 'ledger'>, take: () => void): void {
    if (this.has(queue, id)) return;
    try {
      take();
    } catch (error) {
      // What was said of it so far is nobody's.
      scope.ledger.assign(null);
      this.add({ queue, id, reason: (error as Error).message, sample: null }, scope);
    }
  }

  /** What a batch says of the others. */
  without(ledger: Ledger): Ledger {
    return this.#fresh.length === 0 ? ledger : ledger.of(({ queue, id }) => !this.has(queue, id));
  }

  /** Those that are to be told with this batch. */
  get fresh(): readonly RefusedJob[] {
    return this.#fresh;
  }

  told(): void {
    this.#fresh = [];
  }
}

/**
 * Which jobs of a batch the store does not take, found by trial: halves, and halves of what is refused. When there are too many of them for
 * that, or when it is no single one, the rest of what is refused goes together.
 */
export async function findRefused(
  ledger: Ledger,
  attempt: (some: Ledger) => Promise<Error | null>,
): Promise<RefusedJob[]> {
  const jobs = new Map<string, JobRecord>();
  for (const record of ledger.touched) jobs.set(keyOf(record.queue, record.id), record);
  const refused = new Map<string, string>();
  let trials = 0;
  const search = async (keys: string[]): Promise<void> => {
    if (keys.length === 0) return;
    trials += 1;
    const wanted = new Set(keys);
    const error = await attempt(ledger.of(({ queue, id }) => wanted.has(keyOf(queue, id))));
    if (error === null) return;
    if (keys.length === 1 || trials >= MOST_TRIALS) {
      for (const key of keys) refused.set(key, error.message);
      return;
    }
    const half = Math.ceil(keys.length / 2);
    await search(keys.slice(0, half));
    await search(keys.slice(half));
  };
  await search([...jobs.keys()]);
  const rest = await attempt(ledger.of(({ queue, id }) => !refused.has(keyOf(queue, id))));
  if (rest !== null) for (const key of jobs.keys()) if (!refused.has(key)) refused.set(key, rest.message);
  return [...refused].flatMap(([key, reason]) => {
    const record = jobs.get(key);
    return record ? { queue: record.queue, id: record.id, reason, sample: sampleOf(record) } : [];
  });
}

/** What can be told of it: its fields as they were to be written, texts cut. */
export function sampleOf(record: Partial<JobRecord>): string {
  const { name, state, addedAt, startedAt, finishedAt, attemptsMade, data, error } = record;
  const cut = (text: string | null | undefined) => text?.slice(0, SAMPLE_CHARS / 2);
  const parts = {
    name: cut(name),
    state,
    addedAt,
    startedAt,
    finishedAt,
    attemptsMade,
    data: cut(data),
    error: cut(error),
  };
  return JSON.stringify(parts).slice(0, 2 * SAMPLE_CHARS);
}
