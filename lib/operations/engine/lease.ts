import type { Store } from '@/lib/store/store';
import { OPERATION_COLUMNS, type OperationRow, type Phase, WITH_BIN } from '../rows';

/** Takes up to `limit` operations that need work and that no living monitor has; not those that run here already. */
export async function claimOperations(
  store: Store,
  owner: string,
  leaseMs: number,
  sources: readonly string[],
  limit: number,
  except: readonly string[],
): Promise<OperationRow[]> {
  const claimed = await store.query<{ id: string }>(
    `UPDATE queuedeck.operation SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2)
      WHERE id IN (
        SELECT id FROM queuedeck.operation
         WHERE NOT is_swept AND NOT id = ANY($5) AND source = ANY($3) AND (lease_until IS NULL OR lease_until < clock_timestamp())
         ORDER BY created_at LIMIT $4 FOR UPDATE SKIP LOCKED)
      RETURNING id`,
    [owner, leaseMs / 1000, sources, limit, except],
  );
  if (claimed.length === 0) return [];
  return store.query<OperationRow>(
    `SELECT ${OPERATION_COLUMNS} FROM queuedeck.operation o ${WITH_BIN} WHERE o.id = ANY($1)`,
    [claimed.map(({ id }) => id)],
  );
}

/** Says that it is still at work; null when another monitor has it. */
export async function renewLease(
  store: Store,
  id: string,
  owner: string,
  leaseMs: number,
  perSecond: number | null,
): Promise<OperationRow['state'] | null> {
  const [row] = await store.query<{ state: OperationRow['state'] }>(
    `UPDATE queuedeck.operation
        SET lease_until = clock_timestamp() + make_interval(secs => $3), per_second = $4, updated_at = clock_timestamp()
      WHERE id = $1 AND lease_owner = $2 RETURNING state`,
    [id, owner, leaseMs / 1000, perSecond],
  );
  return row?.state ?? null;
}

/** Moves on from `running` or `waiting` only: a stop that was asked for meanwhile stands. */
export async function setRunning(
  store: Store,
  id: string,
  state: 'running' | 'waiting',
  phase: Phase | null,
  note: string | null,
): Promise<void> {
  await store.query(
    `UPDATE queuedeck.operation
        SET state = CASE WHEN state = 'stopping' THEN state ELSE $2 END, phase = $3, note = $4, updated_at = clock_timestamp()
      WHERE id = $1 AND state IN ('running', 'waiting', 'stopping')`,
    [id, state, phase && JSON.stringify(phase), note],
  );
}

export async function endOperation(
  store: Store,
  id: string,
  owner: string,
  state: 'stopped' | 'done',
  note: string | null,
): Promise<void> {
  await store.query(
    `UPDATE queuedeck.operation
        SET state = $3, note = coalesce($4, note), per_second = NULL, ended_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE id = $1 AND lease_owner = $2`,
    [id, owner, state, note],
  );
}

/** The broker holds nothing of it any more; loads of the bin in which nothing is left go too. */
export async function finishSweep(store: Store, id: string, owner: string): Promise<void> {
  await store.query(
    `WITH swept AS (
       UPDATE queuedeck.operation SET is_swept = true, lease_owner = NULL, lease_until = NULL, updated_at = clock_timestamp()
        WHERE id = $1 AND lease_owner = $2 AND state IN ('stopped', 'done') RETURNING id
     )
     DELETE FROM queuedeck.bin WHERE NOT (1::smallint = ANY(state) OR 2::smallint = ANY(state)) AND (
       operation IN (SELECT id FROM swept)
       OR id IN (SELECT unnest(kept) FROM queuedeck.operation_job WHERE operation IN (SELECT id FROM swept)))`,
    [id, owner],
  );
}
