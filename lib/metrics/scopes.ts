import { CodedError } from '@/lib/contracts/errors';
import { findSource } from '@/lib/sources/find';
import { SCOPE_KINDS } from '@/lib/store/history/scope-key';
import type { Queries } from '@/lib/store/queries';
import { readName, storedText } from '@/lib/store/stored-name';
import type { Ask } from '@/lib/verbs';

type Sources = Pick<Ask, 'sources'>;

interface Of {
  source?: string | undefined;
  queue?: string | undefined;
  name?: string | undefined;
}

export interface ScopeRow {
  id: number;
  source: string;
  queue: string | null;
  name: string | null;
}

/** The scopes whose figures are asked for: one, or one for each source. Empty = nothing of it was recorded. Throws validation_failed. */
export async function findScopes(ask: Sources, store: Queries, { source, queue, name }: Of): Promise<ScopeRow[]> {
  if (source !== undefined) findSource(ask.sources, source);
  if (queue !== undefined && source === undefined) throw missing('source', 'of the queue is missing');
  if (name !== undefined && queue === undefined) throw missing('queue', 'of the name is missing');
  const kind = name !== undefined ? SCOPE_KINDS.name : queue !== undefined ? SCOPE_KINDS.queue : SCOPE_KINDS.source;
  return readScopes(
    store,
    `kind = $1 AND source = ANY($2::text[])
        AND ($3::text IS NULL OR queue = $3) AND ($4::text IS NULL OR name = $4)`,
    [kind, source === undefined ? [...ask.sources.keys()] : [source], stored(queue), name ?? null],
  );
}

/** Of the queues of a source (or of all), or of the names of a queue. */
export function findParts(
  ask: Sources,
  store: Queries,
  kind: 'queue' | 'name',
  { source, queue }: Of,
): Promise<ScopeRow[]> {
  return readScopes(
    store,
    `kind = $1 AND source = ANY($2::text[]) AND ($3::text IS NULL OR queue = $3)
      ORDER BY seen_at DESC LIMIT 5000`,
    [SCOPE_KINDS[kind], source === undefined ? [...ask.sources.keys()] : [source], stored(queue)],
  );
}

const stored = (queue: string | undefined) => (queue === undefined ? null : storedText(queue));

async function readScopes(store: Queries, where: string, values: unknown[]): Promise<ScopeRow[]> {
  const rows = await store.query<ScopeRow & { raw_queue: string | null }>(
    `SELECT id, source, queue, raw_queue, name FROM queuedeck.scope WHERE ${where}`,
    values,
  );
  return rows.map(({ raw_queue, queue, ...row }) => ({ ...row, queue: queue && readName(queue, raw_queue) }));
}

function missing(path: string, message: string): CodedError {
  return new CodedError('validation_failed', `${path}: ${message}.`, { errors: [{ path, message }] });
}
