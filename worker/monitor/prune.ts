import { pruneEffects } from '@/lib/jobs/effects';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { HISTORY_RULES, type Keep, retainJobs } from './retain-history';

const EVERY_MS = 600_000;
const BATCH = 5000;

/** What has served its time, oldest first; each deletes one batch and tells how many went. */
const RULES: Record<string, (store: Store) => Promise<number>> = {
  idempotency: (store) => deleteBatch(store, 'idempotency', 'expires_at < now()'),
  cancelled_job: (store) => deleteBatch(store, 'cancelled_job', "cancelled_at < now() - interval '30 days'"),
  audit: (store) => deleteBatch(store, 'audit', "at < now() - interval '1 year'"),
  task: (store) => deleteBatch(store, 'task', "seen_at < now() - interval '30 days'"),
  worker_queue: (store) => deleteBatch(store, 'worker_queue', "seen_at < now() - interval '10 minutes'"),
  pause_note: (store) => deleteBatch(store, 'pause_note', "event_at IS NULL AND at < now() - interval '1 hour'"),
  operation: (store) => deleteBatch(store, 'operation', "is_swept AND ended_at < now() - interval '90 days'"),
  effect: (store) => pruneEffects(store),
  ...HISTORY_RULES,
};

async function deleteBatch(store: Store, table: string, where: string): Promise<number> {
  const rows = await store.query(
    `DELETE FROM queuedeck.${table} WHERE ctid IN
       (SELECT ctid FROM queuedeck.${table} WHERE ${where} LIMIT ${BATCH}) RETURNING 1`,
  );
  return rows.length;
}

/** One round over all rules; batches until a rule has nothing left or the signal aborts. */
export async function prune(store: Store, signal: AbortSignal): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const [name, rule] of Object.entries(RULES)) {
    for (let count = BATCH; count === BATCH && !signal.aborted; ) {
      count = await rule(store);
      gone[name] = (gone[name] ?? 0) + count;
    }
  }
  return gone;
}

/** Prunes now and every ten minutes until the signal aborts; a store that is away is tried again the next time. */
export function startPruning(store: Store, keep: Keep, signal: AbortSignal): void {
  const round = () =>
    void Promise.all([prune(store, signal), retainJobs(store, keep)]).catch((error: Error) =>
      log.warn({ err: error.message }, 'pruning failed; tried again later'),
    );
  round();
  const timer = setInterval(round, EVERY_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
