import * as z from 'zod';
import type { BrokerRow, Position, QueueBackend } from '@/lib/backends/backend';
import type { LeftOut } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import { readPosition } from '@/lib/cursor';

/** What a list may be narrowed by: names as a whole, a part of the error's first line, and when it ended (or was added). */
export interface ListFilter {
  names: ReadonlySet<string> | null;
  /** Lower case. */
  error: string | null;
  from: string | null;
  to: string | null;
}

interface Found {
  items: BrokerRow[];
  searched: number;
  next: Position | null;
  leftOut: LeftOut | null;
}

const ROWS_PER_READ = 200;
const MOST_NAMED = 10;
/** How many rows of the page at the cursor were given out already. */
const SKIP = 'skip';
/** Stands in a cursor that begins at the first row. */
const FIRST = 'first';
const Skip = z.strictObject({ [SKIP]: z.number().int().min(0).max(ROWS_PER_READ) });

/**
 * Reads the list's own pages, without payloads, and keeps what fits. Ends with a full page, at the list's end, or after `ms`:
 * its `next` then goes on from there, with few rows or none.
 */
export async function searchList(
  backend: QueueBackend,
  of: { queue: string; state: JobState; limit: number },
  filter: ListFilter,
  from: Position | null,
  ms: number,
): Promise<Found> {
  const endsAt = Date.now() + ms;
  const { [SKIP]: given, [FIRST]: isFirst, ...at } = from ?? {};
  let position: Position | null = from === null || isFirst ? null : at;
  let skip = given === undefined ? 0 : readPosition({ [SKIP]: given }, Skip)[SKIP];
  const items: BrokerRow[] = [];
  let searched = 0;
  let leftOut: LeftOut | null = null;
  for (;;) {
    const page = await backend.listJobs(of.queue, of.state, position, ROWS_PER_READ);
    leftOut = addLeftOut(leftOut, page.leftOut);
    for (const [index, row] of page.items.entries()) {
      if (index < skip) continue;
      if (items.length === of.limit)
        return { items, searched, next: { ...(position ?? { [FIRST]: 1 }), [SKIP]: index }, leftOut };
      searched += 1;
      if (fits(row, filter)) items.push(row);
    }
    skip = 0;
    position = page.next;
    if (position === null || Date.now() > endsAt || items.length === of.limit)
      return { items, searched, next: position, leftOut };
  }
}

function addLeftOut(before: LeftOut | null, more: LeftOut | null): LeftOut | null {
  if (before === null || more === null) return before ?? more;
  return { count: before.count + more.count, some: [...before.some, ...more.some].slice(0, MOST_NAMED) };
}

function fits(row: BrokerRow, { names, error, from, to }: ListFilter): boolean {
  if (names && !names.has(row.name)) return false;
  if (error !== null && !row.error?.toLowerCase().includes(error)) return false;
  const at = row.finishedAt ?? row.addedAt;
  return (from === null || at >= from) && (to === null || at <= to);
}
