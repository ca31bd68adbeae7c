import { CodedError } from '@/lib/contracts/errors';
import type { Node } from '@/lib/contracts/query/ast';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Reader } from '@/lib/store/lanes/reader';
import { readName } from '@/lib/store/stored-name';
import { type Clock, toCondition } from './conditions';
import { resolveNames } from './resolve';

const MOST_IDS = 1_000_000;

/** Ids of a queue's jobs whose newest record fits. Throws validation_failed above a million, TooSlowError after 9.5 s. */
export async function readFittingIds(
  reader: Reader,
  node: Node | null,
  source: string,
  queue: string,
  clock: Clock,
): Promise<string[]> {
  const names = await resolveNames(reader, node);
  const { sql, values } = toCondition(node, names, clock, 2);
  const rows = await reader.query<{ id: string; raw_id: string | null }>(
    `SELECT DISTINCT j.id, j.raw_id FROM queuedeck.job j
      WHERE j.queue_id = (SELECT id FROM queuedeck.scope WHERE key = $1) AND (j.flags & 1) = 0 AND ${sql} LIMIT ${MOST_IDS + 1}`,
    [scopeKey(SCOPE_KINDS.queue, source, queue), ...values],
  );
  if (rows.length > MOST_IDS)
    throw new CodedError('validation_failed', 'More than 1,000,000 jobs fit: narrow the query.');
  return rows.map(({ id, raw_id }) => readName(id, raw_id));
}
