import type pg from 'pg';
import type { Store } from '@/lib/store/store';

export const LEASE_MS = 8_000;

/** Thrown inside a batch's transaction when another process records this source by now: nothing of the batch is kept. */
export class DeposedError extends Error {
  constructor() {
    super('another process records this source');
    this.name = 'DeposedError';
  }
}

/** Of many jobs that were there before: how far their reading is. */
export interface Backfill {
  queue: string | null;
  done: number;
  total: number;
  startedAt: number;
}

export interface Held {
  epoch: string;
  base: string | null;
  reconciledAt: number | null;
}

interface Row {
  epoch: string;
  base: string | null;
  reconciled: number | null;
}

/**
 * Takes the lease of a source when it is free, over, or one's own; null = another process has it. By the store's clock. Whoever holds it and
 * has not recorded anything yet is as silent as when the first began.
 */
export async function takeLease(store: Store, source: string, owner: string): Promise<Held | null> {
  const [row] = await store.query<Row>(
    `INSERT INTO queuedeck.recorder AS r (source, owner, lease_until, epoch)
     VALUES ($1, $2, clock_timestamp() + $3 * interval '1 ms', 1)
     ON CONFLICT (source) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until, epoch = r.epoch + 1,
            updated_at = CASE WHEN r.cursor IS NULL THEN r.updated_at ELSE now() END
       WHERE r.lease_until IS NULL OR r.lease_until < clock_timestamp() OR r.owner = excluded.owner
     RETURNING epoch, cursor->>'' AS base, extract(epoch FROM reconciled_at)::float8 * 1000 AS reconciled`,
    [source, owner, LEASE_MS],
  );
  return row ? { epoch: row.epoch, base: row.base, reconciledAt: row.reconciled } : null;
}

/** Under the lease still: where the reading of all queues goes on. Throws DeposedError when it is another's by now. */
export async function readBase(store: Store, source: string, epoch: string): Promise<string | null> {
  const [row] = await store.query<{ epoch: string; base: string | null }>(
    "SELECT epoch, cursor->>'' AS base FROM queuedeck.recorder WHERE source = $1",
    [source],
  );
  if (row?.epoch !== epoch) throw new DeposedError();
  return row.base;
}

export interface LeaseNote {
  base: string | null;
  backfill: Backfill | null;
  lagMs: number;
  /** Until when everything was read, epoch ms; null = as before. */
  seenUntil: number | null;
  reconciledAt: number | null;
  cost: unknown;
}

/** Within a transaction: renews the lease and moves the cursor, or throws DeposedError. */
export async function renewLease(client: pg.PoolClient, source: string, epoch: string, note: LeaseNote): Promise<void> {
  const { rowCount } = await client.query({
    name: 'renew-lease',
    text: `UPDATE queuedeck.recorder
              SET lease_until = clock_timestamp() + $3 * interval '1 ms', cursor = $4, progress = $5, lag_ms = $6,
                  seen_until = coalesce(to_timestamp($7::float8 / 1000), seen_until),
                  reconciled_at = coalesce(to_timestamp($8::float8 / 1000), reconciled_at),
                  cost = coalesce($9::jsonb, cost), updated_at = now()
            WHERE source = $1 AND epoch = $2`,
    values: [
      source,
      epoch,
      LEASE_MS,
      JSON.stringify({ '': note.base }),
      JSON.stringify({ backfill: note.backfill }),
      Math.min(Math.round(note.lagMs), 2_147_483_647),
      note.seenUntil,
      note.reconciledAt,
      note.cost === null ? null : JSON.stringify(note.cost),
    ],
  });
  if (rowCount !== 1) throw new DeposedError();
}

/** Gives the lease back, so that the next process need not wait it out. */
export async function dropLease(store: Store, source: string, epoch: string): Promise<void> {
  await store.query('UPDATE queuedeck.recorder SET owner = NULL, lease_until = NULL WHERE source = $1 AND epoch = $2', [
    source,
    epoch,
  ]);
}
