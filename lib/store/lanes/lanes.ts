import type { LineBounds } from './line';

/**
 * Connections to the store, 16 in all: no lane ever uses those of another, so what is slow or plentiful in one holds up no other.
 *
 *   vital     what other machines wait for: enqueuing with its idempotency, the audit, readiness, orders to cancel a query
 *   ordinary  all other changes, and reads that an index answers at once
 *   search    takes turns: whatever may go through the jobs of the record
 *   figures   takes turns: sums and counts over time, over failures and over what tables hold
 *
 * A turn is one connection, at most two of one caller (lib/turns.ts).
 */
const PATIENT: Omit<LineBounds, 'places'> = {
  perCaller: Number.POSITIVE_INFINITY,
  waiting: 10_000,
  waitMs: 5_000,
};
const IN_TURN: Omit<LineBounds, 'places'> = { perCaller: 2, waiting: 16, waitMs: 2_000 };

export const LANES = {
  vital: { places: 4, ...PATIENT },
  ordinary: { places: 5, ...PATIENT },
  search: { places: 4, ...IN_TURN },
  figures: { places: 3, ...IN_TURN },
} as const satisfies Record<string, LineBounds>;

export type Lane = keyof typeof LANES;
export type HeavyLane = 'search' | 'figures';
