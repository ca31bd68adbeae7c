import type { FailureCause } from '@/lib/contracts/queues';
import { STATE_CODES } from '@/lib/store/history/states';
import type { Queries } from '@/lib/store/queries';
import type { RecordedQueue } from './read-recorded';

/** Of each queue, the causes that were met last. */
const GROUPS_PER_QUEUE = 20;
/** Rows that are looked at in all, and the least and most of one cause: what bounds the read (0.2 s). */
const MOST_ROWS = 200_000;
const FEWEST_OF_ONE = 1_000;
const MOST_OF_ONE = 20_000;
const MESSAGE_CHARS = 300;

interface CauseRow extends Record<string, unknown> {
  queue_id: number;
  id: number;
  message: string;
  jobs: number;
  at_least: boolean;
}

/**
 * The cause that most failed jobs of a queue have now, as far as the record knows; of two that are even the one of the last hour. By
 * the scope of the queue; nothing where no failed job is known of.
 */
export async function readCauses(
  store: Queries,
  source: string,
  queues: readonly RecordedQueue[],
): Promise<Map<number, FailureCause>> {
  const groups = await store.query<{ group_id: number }>(
    `SELECT DISTINCT g.group_id FROM unnest($2::int[]) AS q(id) JOIN queuedeck.scope o ON o.id = q.id
      CROSS JOIN LATERAL (
        SELECT k.group_id FROM queuedeck.scope s JOIN queuedeck.failure_kind k ON k.kind_id = s.id
         WHERE s.kind = 2 AND s.source = $1 AND s.queue = o.queue
         GROUP BY k.group_id ORDER BY max(k.last_at) DESC LIMIT ${GROUPS_PER_QUEUE}) g`,
    [source, queues.map(({ scope }) => scope)],
  );
  if (groups.length === 0) return new Map();
  const perGroup = Math.min(MOST_OF_ONE, Math.max(FEWEST_OF_ONE, Math.floor(MOST_ROWS / groups.length)));
  const rows = await store.query<CauseRow>(
    `SELECT DISTINCT ON (c.queue_id) c.queue_id, g.id, left(g.message, ${MESSAGE_CHARS}) AS message, c.jobs, c.seen >= $3 AS at_least
       FROM unnest($1::int[]) AS w(id) JOIN queuedeck.failure_group g ON g.id = w.id
      CROSS JOIN LATERAL (
        SELECT queue_id, count(*) FILTER (WHERE is_there)::int AS jobs,
               count(*) FILTER (WHERE is_there AND finished_at > now() - interval '1 hour') AS lately, sum(count(*)) OVER ()::int AS seen
          FROM (SELECT queue_id, finished_at, state = ${STATE_CODES.failed} AND (flags & 1) = 0 AS is_there
                  FROM queuedeck.job WHERE group_id = g.id ORDER BY finished_at DESC LIMIT $3) AS j
         GROUP BY queue_id) AS c
      WHERE c.queue_id = ANY($2::int[]) AND c.jobs > 0
      ORDER BY c.queue_id, c.jobs DESC, c.lately DESC, g.id DESC`,
    [groups.map(({ group_id }) => group_id), queues.map(({ scope }) => scope), perGroup],
  );
  return new Map(
    rows.map(({ queue_id, id, message, jobs, at_least }) => [
      queue_id,
      { group: id, message: message.split('\n', 1)[0] ?? '', jobs, atLeast: at_least, sample: null },
    ]),
  );
}
