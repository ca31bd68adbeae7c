import type pg from 'pg';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Store } from '@/lib/store/store';

/** A stretch of a queue that was not seen and is not healed yet: whoever records next goes on with it. Times epoch ms. */
export interface PendingGap {
  /** Of `queuedeck.recording_gap`. */
  row: string | null;
  fromMs: number | null;
  toMs: number;
  /** The highest id that was seen before it; 0 = ids tell nothing. */
  lastId: number;
  /** Of a queue that was removed. */
  isGone: boolean;
  reason: string;
}

/** Ids above the first number, up to the second. */
export type IdRange = [after: number, upTo: number];

/** What a recorder keeps of one queue: `queuedeck.recorder_queue`. */
export interface QueueMark {
  queue: string;
  /** Where the reading of its events goes on; null = nothing of its own. */
  cursor: string | null;
  /** The highest number among the ids that were added: what the broker gave out beyond it was not seen. */
  lastId: number | null;
  /** Ranges of ids that were counted, seen or not, when gaps were healed; oldest first. */
  counted: IdRange[];
  /** Until when its ends were counted, seen or not, when a gap was healed, epoch ms. */
  endsCountedAt: number | null;
  /** Some of its jobs have ids of their own, which nobody counts. */
  named: boolean;
  /** What it held when it was met was read once. */
  swept: boolean;
  gap: PendingGap | null;
}

export async function readMarks(store: Store, source: string): Promise<QueueMark[]> {
  const rows = await store.query<{
    name: string;
    cursor: string | null;
    last_id: string | null;
    counted: IdRange[] | null;
    ends_counted_at: number | null;
    named: boolean;
    swept: boolean;
    gap: PendingGap | null;
  }>(
    'SELECT name, cursor, last_id, counted, ends_counted_at, named, swept, gap FROM queuedeck.recorder_queue WHERE source = $1',
    [source],
  );
  return rows.map(({ name, cursor, last_id, counted, ends_counted_at, named, swept, gap }) => ({
    queue: JSON.parse(name) as string,
    cursor,
    lastId: last_id === null ? null : Number(last_id),
    counted: counted ?? [],
    endsCountedAt: ends_counted_at,
    named,
    swept,
    gap,
  }));
}

const COLUMNS = ['key', 'name', 'cursor', 'last_id', 'counted', 'ends_counted_at', 'named', 'swept', 'gap'];

/** Within a transaction: those that changed, and none of those that are forgotten. */
export async function writeMarks(
  client: pg.PoolClient,
  source: string,
  changed: readonly QueueMark[],
  forgotten: readonly string[],
): Promise<void> {
  const keyOf = (queue: string) => scopeKey(SCOPE_KINDS.queue, source, queue);
  if (changed.length > 0)
    await client.query({
      name: 'write-marks',
      text: `INSERT INTO queuedeck.recorder_queue AS q (source, ${COLUMNS.join(', ')})
             SELECT $1, * FROM unnest($2::bytea[], $3::text[], $4::text[], $5::bigint[], $6::json[], $7::float8[], $8::boolean[], $9::boolean[], $10::json[])
             ON CONFLICT (source, key) DO UPDATE SET ${COLUMNS.slice(2)
               .map((name) => `${name} = excluded.${name}`)
               .join(', ')}`,
      values: [
        source,
        changed.map(({ queue }) => keyOf(queue)),
        changed.map(({ queue }) => JSON.stringify(queue)),
        changed.map(({ cursor }) => cursor),
        changed.map(({ lastId }) => lastId),
        changed.map(({ counted }) => (counted.length === 0 ? null : JSON.stringify(counted))),
        changed.map(({ endsCountedAt }) => endsCountedAt),
        changed.map(({ named }) => named),
        changed.map(({ swept }) => swept),
        changed.map(({ gap }) => (gap === null ? null : JSON.stringify(gap))),
      ],
    });
  if (forgotten.length > 0)
    await client.query('DELETE FROM queuedeck.recorder_queue WHERE source = $1 AND key = ANY($2::bytea[])', [
      source,
      forgotten.map(keyOf),
    ]);
}
