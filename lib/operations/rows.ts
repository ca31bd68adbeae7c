import type { Operation, OperationAction, OperationOptions, OperationState } from '@/lib/contracts/operations';

/** The action as the ledger keeps it. */
export type LedgerAction = OperationAction | { kind: 'restore'; of: string | null };

export interface Phase {
  step: number;
  /** Place in the ledger where this step's jobs begin, and where they end. */
  from: number;
  to: number;
  jobs: number;
  ended: number;
  failedAgain: number;
}

export interface OperationRow {
  id: string;
  source: string;
  queue: string;
  kind: Operation['kind'];
  action: LedgerAction;
  filter: unknown;
  ids_given: number | null;
  chosen: string;
  reason: string;
  by: string;
  options: OperationOptions;
  state: OperationState;
  note: string | null;
  total: number;
  done: number;
  skipped: number;
  failed: number;
  phase: Phase | null;
  per_second: number | null;
  created_at: Date;
  ended_at: Date | null;
  updated_at: Date;
  is_swept: boolean;
  /** How often it was begun or resumed. */
  generation: number;
  bin_jobs: number;
  bin_bytes: string;
  bin_expires_at: Date | null;
}

/** With what the bin holds of each. */
export const OPERATION_COLUMNS = `o.id, o.source, o.queue, o.kind, o.action, o.filter, o.ids_given, o.chosen, o.reason, o.by,
  o.options, o.state, o.note, o.total, o.done, o.skipped, o.failed, o.phase, o.per_second, o.created_at, o.ended_at,
  o.updated_at, o.is_swept, o.generation, b.bin_jobs, b.bin_bytes, b.bin_expires_at`;

export const WITH_BIN = `LEFT JOIN LATERAL (
    SELECT coalesce(sum(cardinality(array_positions(state, 1::smallint))), 0)::int AS bin_jobs,
           coalesce(sum(size_bytes), 0)::bigint AS bin_bytes, min(expires_at) AS bin_expires_at
      FROM queuedeck.bin WHERE operation = o.id AND o.kind IN ('remove', 'cancel') AND expires_at > now()
  ) b ON true`;

export type BareOperation = Omit<Operation, 'can' | 'cannot'>;

export const PHASE_STEPS = 3;

export function toOperation(row: OperationRow): BareOperation {
  const { confirmCount: _, ...options } = row.options;
  const left = row.total - row.done - row.skipped - row.failed;
  const isMoving = row.state === 'running' && row.per_second !== null && row.per_second > 0;
  return {
    id: row.id,
    source: row.source,
    queue: row.queue,
    kind: row.kind,
    action: row.action,
    filter: row.filter ?? null,
    idsGiven: row.ids_given,
    chosen: row.chosen,
    reason: row.reason,
    by: row.by,
    options,
    state: row.state,
    note: row.note,
    total: row.total,
    done: row.done,
    skipped: row.skipped,
    failed: row.failed,
    perSecond: isMoving ? row.per_second : null,
    leftMs: isMoving ? Math.round((left / (row.per_second ?? 1)) * 1000) : null,
    phase: row.phase && {
      step: row.phase.step,
      steps: PHASE_STEPS,
      jobs: row.phase.jobs,
      ended: row.phase.ended,
      failedAgain: row.phase.failedAgain,
    },
    bin:
      row.bin_jobs > 0 && row.bin_expires_at
        ? { jobs: row.bin_jobs, sizeBytes: Number(row.bin_bytes), expiresAt: row.bin_expires_at.toISOString() }
        : null,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
