import type pg from 'pg';

/** A head that is resolved, or muted until a time or a number, opens when one of those that are merged into it says so by its failures. */
export async function openHeads(client: pg.PoolClient, failed: readonly { id: number; head: number }[]): Promise<void> {
  await client.query({
    name: 'open-heads',
    text: `
UPDATE queuedeck.failure_group h SET
  regressed_at = CASE WHEN h.state = 'resolved' AND p.last_at > h.resolved_at THEN p.last_at ELSE h.regressed_at END,
  state = CASE
    WHEN h.state = 'resolved' AND p.last_at > h.resolved_at THEN 'open'
    WHEN h.state = 'muted' AND (p.last_at > h.muted_until OR p.total > h.muted_above) THEN 'open'
    ELSE h.state END
  FROM (SELECT head, max(last_at) FILTER (WHERE id = ANY($1::int[])) AS last_at, sum(total) AS total
          FROM queuedeck.failure_group WHERE head = ANY($2::int[]) GROUP BY head) p
 WHERE h.id = p.head AND h.state <> 'open'`,
    values: [failed.map(({ id }) => id), failed.map(({ head }) => head)],
  });
}
