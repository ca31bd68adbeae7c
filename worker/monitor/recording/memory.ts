import { isOpen } from '@/lib/store/history/states';
import type { JobRecord } from './job-record';

const MOST_RECORDS = 100_000;
const MOST_CHARS = 64_000_000;

/** The records that may go on soon, so that most events need no read of the store. What falls out is read again when it is met. */
export class Memory {
  #records = new Map<string, JobRecord>();
  #chars = 0;

  get(queue: string, id: string): JobRecord | undefined {
    return this.#records.get(keyOf(queue, id));
  }

  has(queue: string, id: string): boolean {
    return this.#records.has(keyOf(queue, id));
  }

  set(record: JobRecord): void {
    const key = keyOf(record.queue, record.id);
    this.#drop(key);
    this.#records.set(key, record);
    this.#chars += weigh(record);
  }

  drop(queue: string, id: string): void {
    this.#drop(keyOf(queue, id));
  }

  /** They are stored: those that ended need not be kept, and of the others so many as there is room for. */
  written(records: Iterable<JobRecord>): void {
    for (const record of records) {
      record.storedAt = record.addedAt;
      if (!isOpen(record.state)) this.#drop(keyOf(record.queue, record.id));
    }
    for (const key of this.#records.keys()) {
      if (this.#records.size <= MOST_RECORDS && this.#chars <= MOST_CHARS) break;
      this.#drop(key);
    }
  }

  forget(): void {
    this.#records.clear();
    this.#chars = 0;
  }

  #drop(key: string): void {
    const record = this.#records.get(key);
    if (!record) return;
    this.#records.delete(key);
    this.#chars = Math.max(0, this.#chars - weigh(record));
  }
}

/** Both may hold any character: the length tells where one ends. */
export const keyOf = (queue: string, id: string): string => `${queue.length}:${queue}${id}`;

function weigh({ data, result, options }: JobRecord): number {
  return 400 + (data?.length ?? 0) + (result?.length ?? 0) + (options?.length ?? 0);
}
