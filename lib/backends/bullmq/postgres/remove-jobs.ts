import type { Change } from '@/lib/backends/backend';
import { RING, TREE_LIMIT, tooManyJobs } from '../tree-refusals';
import { announceRemoval, refusable } from './actions';
import type { PostgresConnection, Query } from './connection';
import { any, onJob } from './edit-jobs';
import { toState } from './rows';

const CHILDREN_STEP = 100;
const CHILDREN_MS = 2_000;

/** With its children, as BullMQ does, or without. `done` names the state that it was in. */
export function removeJob(
  connection: PostgresConnection,
  queue: string,
  id: string,
  children: boolean,
): Promise<Change> {
  return refusable(() =>
    onJob(connection, queue, id, any, async (query, state) => {
      const [tree] = children ? await query<Tree>(TREE_SQL, [queue, id, Date.now()]) : [];
      if (tree && tree.jobs > TREE_LIMIT) return { kind: 'refused', reason: tooManyJobs(tree.jobs) };
      const [row] = await query<{ removed: number }>('SELECT remove($1, $2, $3) AS removed', [queue, id, children]);
      if (!row?.removed) return lockedBy(tree, queue, id);
      await announceRemoval(query, queue, id, state);
      return undefined;
    }),
  );
}

interface Tree {
  jobs: number;
  held_queue: string | null;
  held_id: string | null;
}

/** The job with all below it, each once (it may hang on itself), counted to a limit, and the first one that a worker holds. */
const TREE_SQL = `
WITH RECURSIVE tree AS (
  SELECT queue, id, lock_token, locked_until_ms FROM job WHERE queue = $1 AND id = $2
  UNION
  SELECT j.queue, j.id, j.lock_token, j.locked_until_ms FROM tree t JOIN job j ON j.parent_queue = t.queue AND j.parent_id = t.id
), few AS (SELECT * FROM tree LIMIT ${5 * TREE_LIMIT}), held AS (
  SELECT queue, id FROM few WHERE lock_token IS NOT NULL AND locked_until_ms > $3 LIMIT 1
)
SELECT (SELECT count(*)::int FROM few) AS jobs, (SELECT queue FROM held) AS held_queue, (SELECT id FROM held) AS held_id`;

function lockedBy(tree: Tree | undefined, queue: string, id: string): Change {
  if (!tree || tree.held_queue === null || tree.held_id === null) return { kind: 'locked' };
  if (tree.held_queue === queue && tree.held_id === id) return { kind: 'locked' };
  return { kind: 'locked', holder: { queue: tree.held_queue, id: tree.held_id } };
}

/** Of the job: whether the way up from it, which may be a ring, leads back to it. */
const PARENT_SQL = `
SELECT EXISTS (
  WITH RECURSIVE above AS (
    SELECT parent_queue, parent_id FROM job WHERE queue = $1 AND id = $2
    UNION
    SELECT j.parent_queue, j.parent_id FROM above a JOIN job j ON j.queue = a.parent_queue AND j.id = a.parent_id
  )
  SELECT FROM (SELECT * FROM above LIMIT ${TREE_LIMIT}) AS few WHERE parent_queue = $1 AND parent_id = $2
) AS hangs_on_itself FROM job WHERE queue = $1 AND id = $2`;

/**
 * Takes the unprocessed children out with BullMQ's `remove`, which tells the parent; what a worker holds stays. (BullMQ's own function for it
 * leaves the parent waiting for ever.) In steps; after 2 s the rest is left to the next call.
 */
export async function removeChildren(connection: PostgresConnection, queue: string, id: string) {
  const until = Date.now() + CHILDREN_MS;
  let [removed, after] = [0, ''];
  for (;;) {
    const step = await connection.transaction(async (query) => {
      const [parent] = await query<{ hangs_on_itself: boolean }>(PARENT_SQL, [queue, id]);
      if (parent?.hangs_on_itself) return 'ring';
      return parent ? takeChildren(query, queue, id, after) : null;
    });
    if (step === 'ring') return { kind: 'refused', reason: RING } as const;
    if (step === null) return { kind: 'gone' } as const;
    removed += step.removed;
    after = step.last;
    if (!step.more || Date.now() > until) {
      const left = await connection.query<{ left: number }>(
        `SELECT count(*)::int AS left FROM job_dependency WHERE parent_queue = $1 AND parent_id = $2 AND status = 'pending'`,
        [queue, id],
      );
      return { kind: 'removed', removed, left: left[0]?.left ?? 0, done: !step.more } as const;
    }
  }
}

async function takeChildren(query: Query, queue: string, id: string, after: string) {
  const rows = await query<{ q: string; id: string; key: string; state: string; priority: number; removed: number }>(
    `WITH step AS (
       SELECT j.queue AS q, j.id, d.child_key AS key, j.state, j.priority FROM job_dependency d
         JOIN job j ON j.queue = d.child_queue AND j.id = d.child_id
        WHERE d.parent_queue = $1 AND d.parent_id = $2 AND d.status = 'pending' AND d.child_key > $3
        ORDER BY d.child_key LIMIT ${CHILDREN_STEP})
     SELECT step.*, CASE WHEN state NOT IN ('active', 'failed', 'completed') THEN remove(q, id, true) ELSE 0 END AS removed FROM step`,
    [queue, id, after],
  );
  for (const row of rows)
    if (row.removed > 0) await announceRemoval(query, row.q, row.id, toState(row.state, row.priority));
  const removed = rows.filter((row) => row.removed > 0).length;
  return { removed, last: rows.at(-1)?.key ?? after, more: rows.length === CHILDREN_STEP };
}
