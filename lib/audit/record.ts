import type { Actor } from '@/lib/auth/permissions';
import { toJsonb } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';

export interface AuditEntry {
  actor: Actor;
  action: string;
  source: string | null;
  queue: string | null;
  job: string | null;
  /** What was asked, without payloads. */
  input: unknown;
}

/** Writes `started`; the action may only go on once this has returned. Answers the entry's id. */
export async function startAudit(store: Store, entry: AuditEntry): Promise<string> {
  const [row] = await store.query<{ id: string }>(
    `INSERT INTO queuedeck.audit (actor, action, source, queue, job, input)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
    [entry.actor, entry.action, entry.source, entry.queue, entry.job, toJsonb(entry.input)],
  );
  if (!row) throw new Error('audit: INSERT returned no row');
  return row.id;
}

/** Writes the outcome: `done`, or the error's code. */
export async function finishAudit(store: Store, id: string, outcome: string, detail: unknown): Promise<void> {
  await store.query('UPDATE queuedeck.audit SET outcome = $2, detail = $3, finished_at = now() WHERE id = $1', [
    id,
    outcome,
    toJsonb(detail),
  ]);
}
