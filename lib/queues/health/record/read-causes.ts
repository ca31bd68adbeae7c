import type { FailureCause } from '@/lib/contracts/queues';
import { STATE_CODES } from '@/lib/store/history/states';
import type { Queries } from '@/lib/store/queries';
import type { RecordedQueue } from './read-recorded';

/** Of each queue, the causes that were met last; and of all that was merged into them. */
const GROUPS_PER_QUEUE = 20;
const MOST_GROUPS = 400;
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
  const groups = await store.query<{ id: number }>(
    `SELECT DISTINCT m.id FROM unnest($2::int[]) AS q(id) JOIN queuedeck.scope o ON o.id = q.id
      CROSS JOIN LATERAL (
        SELECT g.head FROM queuedeck.scope s JOIN queuedeck.failure_kind k ON k.kind_id = s.id
          JOIN queuedeck.failure_group g ON g.id = k.group_id
         WHERE s.kind = 2 AND s.source = $1 AND s.queue = o.queue
         GROUP BY g.head ORDER BY max(k.last_at) DESC LIMIT ${GROUPS_PER_QUEUE}) h
       JOIN queuedeck.failure_group m ON m.head = h.head LIMIT ${MOST_GROUPS}`,
    [source, queues.map(({ scope }) => scope)],
  );
  if (groups.length === 0) return new Map();
  const perGroup = Math.min(MOST_OF_ONE, Math.max(FEWEST_OF_ONE, Math.floor(MOST_ROWS / groups.length)));
  const rows = await store.query<CauseRow>(
    `WITH of_head AS (
     SELECT c.queue_id, g.head, sum(c.jobs)::int AS jobs, sum(c.lately) AS lately, bool_or(c.seen >= $3) AS at_least
       FROM unnest($1::int[]) AS w(id) JOIN queuedeck.failure_group g ON g.id = w.id
      CROSS JOIN LATERAL (
        SELECT queue_id, count(*) FILTER (WHERE is_there)::int AS jobs,
               count(*) FILTER (WHERE is_there AND finished_at > now() - interval '1 hour') AS lately, sum(count(*)) OVER ()::int AS seen
          FROM (SELECT queue_id, finished_at, state = ${STATE_CODES.failed} AND (flags & 1) = 0 AS is_there
                  FROM queuedeck.job WHERE group_id = g.id ORDER BY finished_at DESC LIMIT $3) AS j
         GROUP BY queue_id) AS c
      WHERE c.queue_id = ANY($2::int[]) AND c.jobs > 0
      GROUP BY c.queue_id, g.head)
     SELECT DISTINCT ON (o.queue_id) o.queue_id, h.id, left(h.message, ${MESSAGE_CHARS}) AS message, o.jobs, o.at_least
       FROM of_head o JOIN queuedeck.failure_group h ON h.id = o.head
      ORDER BY o.queue_id, o.jobs DESC, o.lately DESC, h.id DESC`,
    [groups.map(({ id }) => id), queues.map(({ scope }) => scope), perGroup],
  );
  return new Map(
    rows.map(({ queue_id, id, message, jobs, at_least }) => [
      queue_id,
      { group: id, message: message.split('\n', 1)[0] ?? '', jobs, atLeast: at_least, sample: null },
    ]),
  );
}
