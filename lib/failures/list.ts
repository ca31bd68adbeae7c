import * as z from 'zod';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { GROUP_COLUMNS, type GroupRow, groupsFrom, presentGroups } from '@/lib/failures/read-groups';
import { sourcesOf } from '@/lib/jobs/search/search';
import { readPeriod } from '@/lib/metrics/period';
import { storedText } from '@/lib/store/stored-name';
import { inTurn } from '@/lib/turns';
import { query } from '@/lib/verbs';

const DAY_MS = 86_400_000;
export const LINE_POINTS = 48;

/** Those of which anything failed in the period. */
const NEAR = `SELECT head FROM queuedeck.failure_group
  WHERE source = ANY($1::text[]) AND last_at >= to_timestamp($2::float8 / 1000) AND first_at < to_timestamp($3::float8 / 1000)`;

/** What a group is sorted by, as a number: the greatest first. */
const SORTS = {
  last: 'extract(epoch FROM p.last_at)::float8 * 1000',
  first: 'extract(epoch FROM p.first_at)::float8 * 1000',
  count: 'f.in_range',
} as const;

/** `by`: a time or a count, as a double. */
const Place = z.strictObject({ by: z.number(), id: At.count });

/** The first has the totals of all groups, each of the others is one. */
type FoundRow = GroupRow & { by: number; groups: number | null; failures: number | null };

/** Groups that failed in the period; a mute that is over counts as open. */
export const listFailures = query('failure.list', async (ask, input) => {
  const { source, queue, state, text, sort, cursor, limit } = input;
  const period = readPeriod(
    input.from ?? new Date(Date.now() - DAY_MS).toISOString(),
    input.to,
    undefined,
    LINE_POINTS,
  );
  const position = readCursor(cursor, Place);
  const pattern = text === undefined ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const by = SORTS[sort];
  return inTurn(ask, 'figures', async (reader) => {
    const [totals, ...rows] = await reader.query<FoundRow>(
      `WITH found AS MATERIALIZED (
         SELECT ${GROUP_COLUMNS}, f.in_range, ${by} AS by
           FROM ${groupsFrom(NEAR)}
          CROSS JOIN LATERAL (SELECT coalesce(sum(failed_attempts), 0)::float8 AS in_range FROM queuedeck.figure f
             WHERE f.level = ${period.level} AND f.scope_id = ANY(p.scope_ids) AND f.at >= to_timestamp($2::float8 / 1000) AND f.at < to_timestamp($3::float8 / 1000)) f
          WHERE ($4::text IS NULL OR $4 = CASE WHEN g.state = 'muted' AND g.muted_until < now() THEN 'open' ELSE g.state END)
            AND ($5::text IS NULL OR EXISTS (SELECT FROM queuedeck.failure_kind k JOIN queuedeck.scope s ON s.id = k.kind_id WHERE k.group_id = ANY(p.members) AND s.queue = $5))
            AND ($6::text IS NULL OR EXISTS (SELECT FROM queuedeck.failure_group m WHERE m.head = g.id AND (m.title ILIKE $6 OR m.message ILIKE $6)) OR EXISTS (
              SELECT FROM queuedeck.failure_kind k JOIN queuedeck.scope s ON s.id = k.kind_id WHERE k.group_id = ANY(p.members) AND (s.queue ILIKE $6 OR s.name ILIKE $6)))
       )
       SELECT * FROM (SELECT count(*)::int AS groups, coalesce(sum(in_range), 0)::float8 AS failures FROM found) AS totals
         LEFT JOIN found ON false
        UNION ALL
       (SELECT NULL, NULL, * FROM found WHERE $7::float8 IS NULL OR (by, id) < ($7, $8::int) ORDER BY by DESC, id DESC LIMIT $9)`,
      [
        sourcesOf(ask, source),
        period.fromMs,
        period.toMs,
        state === 'all' ? null : state,
        queue === undefined ? null : storedText(queue),
        pattern,
        position?.by ?? null,
        position?.id ?? null,
        limit + 1,
      ],
    );
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items: await presentGroups(ask, reader, items, period),
      nextCursor: last ? encodeCursor({ by: last.by, id: last.id }) : null,
      from: new Date(period.fromMs).toISOString(),
      to: new Date(period.toMs).toISOString(),
      stepMs: period.stepMs,
      groups: totals?.groups ?? 0,
      failures: totals?.failures ?? 0,
    };
  });
});
