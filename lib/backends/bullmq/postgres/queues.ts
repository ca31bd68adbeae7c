import type { Query } from './connection';

/** Names of queues that have a job or a setting, by one index descent for each. */
export async function listQueueNames(query: Query): Promise<string[]> {
  const rows = await query<{ queue: string }>(`
    WITH RECURSIVE walk AS (
      (SELECT queue FROM job ORDER BY queue LIMIT 1)
      UNION ALL
      SELECT (SELECT queue FROM job WHERE queue > walk.queue ORDER BY queue LIMIT 1) FROM walk WHERE walk.queue IS NOT NULL
    )
    SELECT queue FROM walk WHERE queue IS NOT NULL UNION SELECT queue FROM meta ORDER BY queue`);
  return rows.map((row) => row.queue);
}

export async function queueExists(query: Query, queue: string): Promise<boolean> {
  if (queue.includes('\u0000')) return false;
  const rows = await query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM job WHERE queue = $1) OR EXISTS (SELECT FROM meta WHERE queue = $1) AS found`,
    [queue],
  );
  return rows[0]?.found ?? false;
}
