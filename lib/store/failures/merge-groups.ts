import type pg from 'pg';
import { CodedError } from '@/lib/contracts/errors';
import { openHeads } from './open-heads';

/** So many groups a head may stand for, itself among them. */
export const MOST_PARTS = 500;

export interface Merge {
  source: string;
  /** A head. */
  into: number;
  /** Other heads of the source; each brings what was merged into it. */
  groups: readonly number[];
  /** Who merges; null = rules of another version name them alike. */
  by: string | null;
}

/**
 * In a transaction that has the groups alone. What is counted stays where it is: a head is read with all that it stands for, and a split
 * gives each its own figures again. A mute until a number does not count what came with the merge.
 */
export async function mergeGroups(client: pg.PoolClient, { source, into, groups, by }: Merge): Promise<void> {
  const parts = await countParts(client, [into, ...groups]);
  if (parts > MOST_PARTS)
    throw new CodedError('validation_failed', `groups: one group may be made of ${MOST_PARTS}, these are ${parts}.`, {
      errors: [{ path: 'groups', message: `together at most ${MOST_PARTS}` }],
    });
  await client.query(
    `UPDATE queuedeck.failure_group SET muted_above = muted_above + (SELECT sum(total) FROM queuedeck.failure_group WHERE head = ANY($2::int[]))
      WHERE id = $1 AND muted_above IS NOT NULL`,
    [into, groups],
  );
  await client.query(
    'UPDATE queuedeck.failure_group SET parent = $1, merged_at = now(), merged_by = $3 WHERE source = $4 AND id = ANY($2::int[])',
    [into, groups, by, source],
  );
  await client.query('UPDATE queuedeck.failure_group SET root = $1 WHERE head = ANY($2::int[])', [into, groups]);
  await openHeads(
    client,
    groups.map((id) => ({ id, head: into })),
  );
}

export async function countParts(client: pg.PoolClient, heads: readonly number[]): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM queuedeck.failure_group WHERE head = ANY($1::int[])',
    [heads],
  );
  return rows[0]?.n ?? 0;
}

/** In a transaction that has the groups alone: parts of the head go their own way, each with what was merged into it before. */
export async function splitGroups(client: pg.PoolClient, head: number, parts: readonly number[]): Promise<void> {
  await client.query(
    'UPDATE queuedeck.failure_group SET parent = NULL, merged_at = NULL, merged_by = NULL WHERE head = $1 AND id = ANY($2::int[])',
    [head, parts],
  );
  await client.query(
    `WITH RECURSIVE tree AS (
       SELECT id, id AS top FROM queuedeck.failure_group WHERE head = $1 AND parent IS NULL
        UNION ALL SELECT c.id, t.top FROM tree t JOIN queuedeck.failure_group c ON c.parent = t.id AND c.head = $1)
     UPDATE queuedeck.failure_group g SET root = nullif(t.top, g.id) FROM tree t WHERE g.id = t.id`,
    [head],
  );
  await client.query(
    `UPDATE queuedeck.failure_group h SET muted_above = greatest(1, muted_above - (SELECT sum(p.total) FROM queuedeck.failure_group p
        WHERE p.head IN (SELECT head FROM queuedeck.failure_group WHERE id = ANY($2::int[]))))
      WHERE h.id = $1 AND h.muted_above IS NOT NULL`,
    [head, parts],
  );
}
