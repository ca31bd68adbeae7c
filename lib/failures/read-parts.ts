import type { GroupPart } from '@/lib/contracts/failures';
import type { Queries } from '@/lib/store/queries';

const MOST_SHOWN = 200;

interface Row {
  id: number;
  title: string;
  message: string;
  state: GroupPart['state'];
  note: string | null;
  total: string;
  first_at: Date;
  last_at: Date;
  merged_at: Date;
  merged_by: string | null;
}

/** What was merged into a head, those that failed last first. */
export async function readParts(store: Queries, head: number): Promise<GroupPart[]> {
  const rows = await store.query<Row>(
    `SELECT id, title, message, state, note, total, first_at, last_at, coalesce(merged_at, changed_at) AS merged_at, merged_by
       FROM queuedeck.failure_group WHERE head = $1 AND id <> $1 ORDER BY last_at DESC, id DESC LIMIT ${MOST_SHOWN}`,
    [head],
  );
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    message: row.message,
    state: row.state,
    note: row.note,
    total: Number(row.total),
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    mergedAt: row.merged_at.toISOString(),
    by: row.merged_by,
  }));
}
