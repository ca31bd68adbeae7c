import type pg from 'pg';
import { COUNT_METRICS, type CountMetric } from '@/lib/contracts/metric-names';
import type { Store } from '@/lib/store/store';
import { Sketch } from './sketch';

export const LEVEL_MS = [60_000, 600_000, 86_400_000] as const;
/** How long each level is kept; what is older when it is noted does not enter it. */
export const KEEP_LEVEL_MS = [48 * 3_600_000, 30 * 86_400_000, 730 * 86_400_000] as const;
const MOST_KEPT = 20_000;

export const COLUMN: Record<CountMetric, string> = {
  added: 'added',
  started: 'started',
  completed: 'completed',
  failed: 'failed',
  failedAttempts: 'failed_attempts',
  retried: 'retried',
  cancelled: 'cancelled',
  stalled: 'stalled',
  unseen: 'unseen',
};

class Bucket {
  counts: Record<CountMetric, number> = {
    added: 0,
    started: 0,
    completed: 0,
    failed: 0,
    failedAttempts: 0,
    retried: 0,
    cancelled: 0,
    stalled: 0,
    unseen: 0,
  };
  wait: Sketch | null = null;
  run: Sketch | null = null;

  constructor(
    readonly level: number,
    readonly scope: number,
    readonly at: number,
  ) {}
}

/** One thing to be added to the figures of some scopes. */
export type FigureNote = { scopes: readonly number[]; at: number } & (
  | { metric: CountMetric; times: number }
  | { metric: 'wait' | 'run'; ms: number }
);

/**
 * Figures in memory, written whole: the recorder is the only one that writes those of its source. After a transaction that failed
 * it must forget them and read them again.
 */
export class Buckets {
  #known = new Map<string, Bucket>();
  #changed = new Set<Bucket>();

  constructor(private readonly store: Store) {}

  async add(notes: readonly FigureNote[]): Promise<void> {
    const sums = [...sumByMinute(notes)];
    await this.#load(sums);
    const now = Date.now();
    for (const { scope, at, counts, wait, run } of sums)
      for (const level of levelsAt(at, now)) {
        const bucket = this.#of(level, scope, at);
        for (const [metric, times] of counts) bucket.counts[metric] += times;
        if (wait.length > 0) bucket.wait = addAll(bucket.wait, wait);
        if (run.length > 0) bucket.run = addAll(bucket.run, run);
        this.#changed.add(bucket);
      }
  }

  async write(client: pg.PoolClient): Promise<void> {
    const buckets = [...this.#changed].sort((a, b) => a.level - b.level || a.scope - b.scope || a.at - b.at);
    if (buckets.length === 0) return;
    const columns = COUNT_METRICS.map((metric) => COLUMN[metric]);
    await client.query({
      name: 'write-figures',
      text: `
INSERT INTO queuedeck.figure (level, scope_id, at, ${columns.join(', ')}, wait, run)
SELECT r.level, r.scope, to_timestamp(r.at / 1000), ${columns.map((name) => `r.${name}`).join(', ')}, r.wait, r.run
  FROM unnest($1::smallint[], $2::int[], $3::float8[], ${columns.map((_, i) => `$${i + 4}::int[]`).join(', ')},
              $${columns.length + 4}::bytea[], $${columns.length + 5}::bytea[]) AS r(level, scope, at, ${columns.join(', ')}, wait, run)
ON CONFLICT (level, scope_id, at) DO UPDATE SET
  ${[...columns, 'wait', 'run'].map((name) => `${name} = excluded.${name}`).join(', ')}`,
      values: [
        buckets.map(({ level }) => level),
        buckets.map(({ scope }) => scope),
        buckets.map(({ at }) => at),
        ...COUNT_METRICS.map((metric) => buckets.map(({ counts }) => counts[metric])),
        buckets.map(({ wait }) => wait?.encode() ?? null),
        buckets.map(({ run }) => run?.encode() ?? null),
      ],
    });
  }

  /** The transaction stands. */
  written(): void {
    this.#changed.clear();
    if (this.#known.size > MOST_KEPT) this.#known.clear();
  }

  forget(): void {
    this.#known.clear();
    this.#changed.clear();
  }

  /** A figure as it stands in memory or store; what healing compares with. */
  async count(scope: number, at: number, metric: CountMetric): Promise<number> {
    await this.#load([{ scope, at }]);
    return this.#of(0, scope, at).counts[metric];
  }

  #of(level: number, scope: number, at: number): Bucket {
    const from = floor(at, level);
    const key = `${level} ${scope} ${from}`;
    let bucket = this.#known.get(key);
    if (!bucket) {
      bucket = new Bucket(level, scope, from);
      this.#known.set(key, bucket);
    }
    return bucket;
  }

  async #load(sums: readonly Pick<Sum, 'scope' | 'at'>[]): Promise<void> {
    const missing = new Map<string, [level: number, scope: number, at: number]>();
    const now = Date.now();
    for (const { scope, at } of sums)
      for (const level of levelsAt(at, now)) {
        const from = floor(at, level);
        const key = `${level} ${scope} ${from}`;
        if (!this.#known.has(key)) missing.set(key, [level, scope, from]);
      }
    if (missing.size === 0) return;
    const keys = [...missing.values()];
    const rows = await this.store.query<Row>(
      `SELECT f.*, extract(epoch FROM f.at) * 1000 AS at_ms
         FROM unnest($1::smallint[], $2::int[], $3::float8[]) AS w(level, scope, at)
         JOIN queuedeck.figure f ON f.level = w.level AND f.scope_id = w.scope AND f.at = to_timestamp(w.at / 1000)`,
      [keys.map(([level]) => level), keys.map(([, scope]) => scope), keys.map(([, , at]) => at)],
    );
    for (const row of rows) {
      const bucket = this.#of(row.level, row.scope_id, Number(row.at_ms));
      for (const metric of COUNT_METRICS) bucket.counts[metric] = Number(row[COLUMN[metric]]);
      bucket.wait = row.wait && Sketch.decode(row.wait);
      bucket.run = row.run && Sketch.decode(row.run);
    }
    for (const [level, scope, at] of keys) this.#of(level, scope, at);
  }
}

interface Row extends Record<string, unknown> {
  level: number;
  scope_id: number;
  at_ms: string;
  wait: Buffer | null;
  run: Buffer | null;
}

/** What the notes of one minute add to one scope. `wait`, `run`: ms. */
interface Sum {
  scope: number;
  at: number;
  counts: Map<CountMetric, number>;
  wait: number[];
  run: number[];
}

/** A batch has thousands of notes, of few minutes and scopes: they are added up before they are looked up in three levels. */
function* sumByMinute(notes: readonly FigureNote[]): Generator<Sum> {
  const minutes = new Map<number, Map<number, Sum>>();
  for (const note of notes) {
    const at = floor(note.at, 0);
    const sums = minutes.get(at) ?? new Map<number, Sum>();
    minutes.set(at, sums);
    for (const scope of note.scopes) {
      const sum: Sum = sums.get(scope) ?? { scope, at, counts: new Map(), wait: [], run: [] };
      sums.set(scope, sum);
      if ('times' in note) sum.counts.set(note.metric, (sum.counts.get(note.metric) ?? 0) + note.times);
      else sum[note.metric].push(note.ms);
    }
  }
  for (const sums of minutes.values()) yield* sums.values();
}

function addAll(sketch: Sketch | null, values: readonly number[]): Sketch {
  const all = sketch ?? new Sketch();
  for (const ms of values) all.add(ms);
  return all;
}

function levelsAt(at: number, now: number): number[] {
  return [...LEVEL_MS.keys()].filter((level) => now - at < (KEEP_LEVEL_MS[level] as number));
}

function floor(at: number, level: number): number {
  const ms = LEVEL_MS[level] as number;
  return Math.floor(at / ms) * ms;
}
