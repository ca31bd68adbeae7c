import { CodedError } from '@/lib/contracts/errors';
import type { Node } from '@/lib/contracts/query/ast';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Store } from '@/lib/store/store';
import { readName } from '@/lib/store/stored-name';
import { readCancellably } from './cancellable';
import { type Clock, toCondition } from './conditions';
import { resolveNames } from './resolve';

const MOST_IDS = 1_000_000;
const LIMIT_MS = 9_500;

/** Ids of a queue's jobs whose newest record fits. Throws validation_failed above a million, TooSlowError after 9.5 s. */
export async function readFittingIds(
  store: Store,
  node: Node | null,
  source: string,
  queue: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string[]> {
  const names = await resolveNames(store, node);
  const { sql, values } = toCondition(node, names, clock, 2);
  const rows = await readCancellably(store, signal, (reader) =>
    reader.read<{ id: string; raw_id: string | null }>(
      `SELECT DISTINCT j.id, j.raw_id FROM queuedeck.job j
        WHERE j.queue_id = (SELECT id FROM queuedeck.scope WHERE key = $1) AND (j.flags & 1) = 0 AND ${sql} LIMIT ${MOST_IDS + 1}`,
      [scopeKey(SCOPE_KINDS.queue, source, queue), ...values],
      LIMIT_MS,
    ),
  );
  if (rows.length > MOST_IDS)
    throw new CodedError('validation_failed', 'More than 1,000,000 jobs fit: narrow the query.');
  return rows.map(({ id, raw_id }) => readName(id, raw_id));
}
