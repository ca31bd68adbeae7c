import type { Store } from '@/lib/store/store';
import { type BareOperation, OPERATION_COLUMNS, type OperationRow, toOperation, WITH_BIN } from './rows';

const MAX_CHANGED = 200;
/** A change is dated before it is committed: each read looks this far back again. */
const OVERLAP_SECONDS = 2;

/** Operations that changed after `after`, and the store's time for the next question; with null only that time. */
export async function readChanged(
  store: Store,
  after: string | null,
): Promise<{ operations: BareOperation[]; next: string }> {
  const [clock] = await store.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
  const next = clock?.now ?? '';
  if (after === null) return { operations: [], next };
  const rows = await store.query<OperationRow>(
    `SELECT ${OPERATION_COLUMNS} FROM queuedeck.operation o ${WITH_BIN}
      WHERE o.updated_at > $1::timestamptz - make_interval(secs => ${OVERLAP_SECONDS}) ORDER BY o.updated_at LIMIT ${MAX_CHANGED}`,
    [after],
  );
  return { operations: rows.map(toOperation), next };
}
