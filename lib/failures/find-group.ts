import { CodedError } from '@/lib/contracts/errors';
import { GROUP_COLUMNS, type GroupRow } from '@/lib/failures/read-groups';
import type { Queries } from '@/lib/store/queries';
import type { Ask } from '@/lib/verbs';

/** A group of a source that is configured; else group_not_found. */
export async function findGroup(ask: Ask, id: number, store: Queries = ask.store): Promise<GroupRow> {
  const [row] = await store.query<GroupRow>(
    `SELECT ${GROUP_COLUMNS} FROM queuedeck.failure_group g WHERE g.id = $1 AND g.source = ANY($2::text[])`,
    [id, [...ask.sources.keys()]],
  );
  if (!row) throw new CodedError('group_not_found', `No group of failures has the number ${id}.`);
  return row;
}
