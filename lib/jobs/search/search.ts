import * as z from 'zod';
import type { FoundJob, SearchSort } from '@/lib/contracts/search';
import { At, encodeCursor, foreignCursor, readCursor } from '@/lib/cursor';
import { findPresent } from '@/lib/jobs/search/presence';
import { readQuery } from '@/lib/jobs/search/read-query';
import { findUnrecorded } from '@/lib/jobs/search/unrecorded';
import { findSource } from '@/lib/sources/find';
import { readLag } from '@/lib/sources/read-lag';
import { toFoundJob } from '@/lib/store/search/found-row';
import { runSearch, type SearchPosition } from '@/lib/store/search/run-search';
import { inTurn } from '@/lib/turns';
import { type Ask, query } from '@/lib/verbs';

/** The record's rows, with whether the broker still has them; on the first page also what waits there and is not recorded yet. */
export const searchJobs = query('job.search', async (ask, input) => {
  const from = performance.now();
  const node = readQuery(input.q, input.queue);
  const sources = sourcesOf(ask, input.source);
  const { position, before } = readPlace(input.cursor, input.sort);
  const clock = { nowMs: Date.now(), offsetMinutes: input.offsetMinutes };
  const { sort, order, limit } = input;
  const asked = { node, sources, sort, order, limit, position, before, clock };
  const isFirst = position === null && before === null;
  // All of it in the turn, the brokers' part too: whoever is refused has asked nothing else.
  const { answer, lagMs, fresh } = await inTurn(ask, 'search', async (reader) => {
    const [found, lag] = await Promise.all([runSearch(reader, asked), readLag(reader, sources)]);
    return {
      answer: found,
      lagMs: lag,
      fresh: isFirst ? await findUnrecorded(ask, reader, sources, node, lag) : [],
    };
  });
  const recorded = answer.rows.map(toFoundJob);
  const present = await findPresent(ask.sources, recorded);
  const [first] = answer.rows;
  const last = answer.rows.at(-1);
  const at = (row: typeof first, back: 0 | 1) => row && encodeCursor({ v: Number(row.sort_value), n: row.n, back });
  const { count, searched } = answer;
  return {
    items: [...fresh, ...recorded.map((job, i): FoundJob => ({ ...job, inBroker: present[i] ?? null }))],
    nextCursor: (answer.hasNext && at(last, 0)) || null,
    prevCursor: (answer.hasPrev && at(first, 1)) || null,
    count: count && { ...count, value: count.value + fresh.length },
    searched: {
      jobs: Math.round(searched.jobs),
      of: Math.round(searched.of),
      since: searched.sinceMs === null ? null : new Date(searched.sinceMs).toISOString(),
      complete: searched.complete,
    },
    moreCursor: searched.complete || searched.sinceMs === null ? null : encodeCursor({ before: searched.sinceMs }),
    tookMs: Math.round(performance.now() - from),
    lagMs,
  };
});

/** The sources that may be asked: the given one, or all that are configured. */
export function sourcesOf(ask: Ask, source: string | undefined): string[] {
  return source === undefined ? [...ask.sources.keys()] : [findSource(ask.sources, source).config.name];
}

const MAX_BIGINT = 2n ** 63n - 1n;
/** A row's sort value and number, or where a partial answer ended. */
const Position = z.union([
  z.strictObject({
    v: z.number(),
    n: At.digits(MAX_BIGINT),
    back: z.union([z.literal(0), z.literal(1)]),
  }),
  z.strictObject({ before: At.ms }),
]);

function readPlace(
  cursor: string | undefined,
  sort: SearchSort,
): { position: SearchPosition | null; before: number | null } {
  const given = readCursor(cursor, Position);
  if (given === null) return { position: null, before: null };
  if ('before' in given) return { position: null, before: given.before };
  const { v: value, n, back } = given;
  const shape = sort === 'wait' || sort === 'run' ? At.count : At.ms;
  if (!shape.safeParse(value).success) throw foreignCursor();
  return { position: { value, n, back: back === 1 }, before: null };
}
