import { CodedError } from '@/lib/contracts/errors';
import { GROUP_COLUMNS, type GroupRow, groupsFrom } from '@/lib/failures/read-groups';
import type { Queries } from '@/lib/store/queries';
import type { Ask } from '@/lib/verbs';

/** A group of a source that is configured, or what it was merged into; else group_not_found. */
export async function findGroup(ask: Ask, id: number, store: Queries = ask.store): Promise<GroupRow> {
  const [row] = await store.query<GroupRow>(
    `SELECT ${GROUP_COLUMNS} FROM ${groupsFrom('SELECT head FROM queuedeck.failure_group WHERE id = $1')} WHERE g.source = ANY($2::text[])`,
    [id, [...ask.sources.keys()]],
  );
  if (!row) throw new CodedError('group_not_found', `No group of failures has the number ${id}.`);
  return row;
}
