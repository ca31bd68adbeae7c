/**
 * Where one queue's reading stands. Event ids come from a sequence, so a transaction that took a lower id may commit after one
 * with a higher id: what was read last is no bound below which all is seen.
 *
 *   floor   every event of the queue with id <= floor is delivered
 *   seen    ids above the floor that are delivered
 *   mark    { top, bound }: the highest id of an earlier read, and a transaction number that none under way then reached. Once
 *           all below the bound are over (a later read's xmin >= bound), that later read saw everything up to top: floor = top.
 *           While a mark stands a silent commit may follow, so the queue is read again.
 *
 * A snapshot's own xmax is no bound: it is the newest *ended* transaction + 1, and those between it and the next number to be
 * given out are all under way. They are no more than the server has connections, so xmax + connections is one.
 */
export interface EventCursor {
  floor: number;
  seen: Set<number>;
  mark: { top: number; bound: bigint; atMs: number } | null;
  rereadAtMs: number;
  rereadAfterMs: number;
}

/** A transaction that stays open for hours must not make us remember all that came since; nor a server where little happens. */
const MARK_MAX_AGE_MS = 10_000;
const REREAD_FIRST_MS = 80;
const REREAD_MAX_MS = 1500;

export function createCursor(floor: number): EventCursor {
  return { floor, seen: new Set(), mark: null, rereadAtMs: 0, rereadAfterMs: REREAD_FIRST_MS };
}

/** The queue was heard of: read it now. */
export function wakeCursor(cursor: EventCursor): void {
  cursor.rereadAtMs = 0;
  cursor.rereadAfterMs = REREAD_FIRST_MS;
}

export function isDue(cursor: EventCursor, nowMs: number): boolean {
  return cursor.rereadAtMs <= nowMs;
}

/**
 * Call after each read of the queue, with the ids that were new and the read's own snapshot. A read that was cut off by its
 * limit is not `whole`: it saw everything only up to its last id.
 */
export function advanceCursor(
  cursor: EventCursor,
  read: { ids: number[]; whole: boolean; xmin: bigint; bound: bigint },
  nowMs: number,
): void {
  for (const id of read.ids) cursor.seen.add(id);
  const reach = read.whole ? Number.POSITIVE_INFINITY : maxOf(read.ids, cursor.floor);
  const { mark } = cursor;
  if (mark && (read.xmin >= mark.bound || nowMs - mark.atMs > MARK_MAX_AGE_MS)) {
    settle(cursor, Math.min(mark.top, reach));
    if (mark.top <= reach) cursor.mark = null;
  }
  if (cursor.mark === null && cursor.seen.size > 0) {
    cursor.mark = { top: Math.min(maxOf(cursor.seen, cursor.floor), reach), bound: read.bound, atMs: nowMs };
  }
  if (!read.whole) {
    wakeCursor(cursor);
    return;
  }
  cursor.rereadAtMs = cursor.mark ? nowMs + cursor.rereadAfterMs : Number.POSITIVE_INFINITY;
  cursor.rereadAfterMs = Math.min(cursor.rereadAfterMs * 2, REREAD_MAX_MS);
}

/** The highest id that was delivered. */
export function deliveredUpTo(cursor: EventCursor): number {
  return maxOf(cursor.seen, cursor.floor);
}

function settle(cursor: EventCursor, top: number): void {
  cursor.floor = Math.max(cursor.floor, top);
  for (const id of cursor.seen) if (id <= top) cursor.seen.delete(id);
}

function maxOf(ids: Iterable<number>, least: number): number {
  let max = least;
  for (const id of ids) if (id > max) max = id;
  return max;
}
