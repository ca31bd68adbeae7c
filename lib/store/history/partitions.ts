import type { Store } from '@/lib/store/store';

const DAY_MS = 86_400_000;
/** Older or later times (a clock that is wrong) are kept in one partition for the rest. */
const OLDEST_MS = Date.UTC(2015, 0, 1);

/** The partitions of `queuedeck.job`, one for each day (UTC) of adding: made before the first row that needs them. */
export class Partitions {
  #known = new Set<number>();

  constructor(private readonly store: Store) {}

  async prepare(addedAt: Iterable<number>): Promise<void> {
    const days = new Set<number>();
    for (const at of addedAt) days.add(dayOf(at));
    for (const day of days) if (!this.#known.has(day)) await this.#make(day);
  }

  /** What was made may have been dropped since: by its age, or by another process. */
  forget(): void {
    this.#known.clear();
  }

  async #make(day: number): Promise<void> {
    const from = new Date(day * DAY_MS);
    const to = new Date((day + 1) * DAY_MS);
    // Two recorders may meet here: a lock of the name settles it. lz4 where this PostgreSQL has it.
    await this.store.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock(7213502)');
      await client.query(
        `CREATE TABLE IF NOT EXISTS queuedeck.${partitionName(day)} PARTITION OF queuedeck.job
         FOR VALUES FROM ('${from.toISOString()}') TO ('${to.toISOString()}') WITH (toast_tuple_target = 512)`,
      );
      await client.query(
        `ALTER TABLE queuedeck.${partitionName(day)} ALTER data SET STORAGE MAIN, ALTER result SET STORAGE MAIN, ALTER detail SET STORAGE MAIN`,
      );
    });
    this.#known.add(day);
  }
}

/** The day of a time, in days since the epoch; what no clock would say counts as the bounds. */
export function dayOf(at: number): number {
  const bounded = Math.min(Math.max(at, OLDEST_MS), Date.now() + 2 * DAY_MS);
  return Math.floor(bounded / DAY_MS);
}

/** A time of adding that has a partition. */
export const boundTime = (at: number): number => Math.min(Math.max(at, OLDEST_MS), Date.now() + 2 * DAY_MS);

export const partitionName = (day: number): string =>
  `job_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;
