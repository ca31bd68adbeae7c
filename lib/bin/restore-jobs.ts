import { randomUUID } from 'node:crypto';
import { CodedError } from '@/lib/contracts/errors';
import { insertOperation } from '@/lib/operations/ledger';
import type { Store } from '@/lib/store/store';
import { BIN, SET_LOAD_SQL } from './loads';

interface LoadRow {
  id: string;
  source: string;
  queue: string;
  ids: string[];
  state: number[];
}

export interface RestoreOrder {
  /** Loads by operation, or by their ids. */
  operation: string | null;
  loads: string[] | null;
  /** Of these loads the named jobs only. */
  only: ReadonlySet<string> | null;
  reason: string;
  by: string;
}

/**
 * Begins an operation that puts jobs back; returns its id. They are taken from the bin in the step that writes the ledger, so
 * that no two restores have the same job. 409 nothing_matches when there are none.
 */
export function beginRestore(store: Store, order: RestoreOrder): Promise<string> {
  return store.transaction(async (client) => {
    // Newest load first, and in each the last job first: jobs come back in the order in which they left.
    const { rows } = await client.query<LoadRow>(
      `SELECT id, source, queue, ids, state FROM queuedeck.bin
        WHERE (operation = $1 OR id = ANY($2::bigint[])) AND expires_at > now() AND 1::smallint = ANY(state)
        ORDER BY id DESC FOR UPDATE`,
      [order.operation, order.loads ?? []],
    );
    const [first] = rows;
    if (!first) throw nothing();
    if (rows.some(({ source, queue }) => source !== first.source || queue !== first.queue))
      throw new CodedError('validation_failed', 'The entries are of several queues: restore one queue at a time.');
    const ids: string[] = [];
    const kept: string[] = [];
    for (const row of rows) {
      const taken = row.ids.filter((id, i) => row.state[i] === BIN.held && (order.only?.has(id) ?? true)).reverse();
      if (taken.length === 0) continue;
      ids.push(...taken);
      kept.push(...taken.map(() => row.id));
      await client.query(SET_LOAD_SQL, [row.id, taken, BIN.taken]);
    }
    if (ids.length === 0) throw nothing();
    const id = randomUUID();
    await insertOperation(client, {
      id,
      source: first.source,
      queue: first.queue,
      action: { kind: 'restore', of: order.operation },
      filter: null,
      idsGiven: null,
      chosen: order.operation ? 'what an operation removed' : 'jobs from the recycle bin',
      reason: order.reason,
      by: order.by,
      options: {},
      groups: [{ state: null, ids, kept }],
    });
    return id;
  });
}

const nothing = () =>
  new CodedError('nothing_matches', 'The recycle bin holds nothing of it (any more).', { count: 0 });
