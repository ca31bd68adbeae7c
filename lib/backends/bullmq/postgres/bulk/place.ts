import type { BulkChange, BulkItem } from '@/lib/backends/bulk';
import type { Query } from '../connection';
import { STATE_SQL } from './keep';

type Outcomes = Map<string, string>;

interface Placed {
  id: string;
  state: string;
  process_at_ms: string | null;
}

interface Pack {
  row: string;
  logs: string[] | null;
  children: string[] | null;
  dedup: string | null;
}

/** Puts kept jobs back, each where its id is free. */
export async function restoreJobs(query: Query, queue: string, items: readonly BulkItem[]): Promise<Outcomes> {
  const packs = new Map(items.map(({ id, kept }) => [id, JSON.parse(String(kept)) as Pack]));
  const placed = await query<Placed>(
    `INSERT INTO job AS j SELECT (t.row::job).* FROM unnest($1::text[]) AS t(row)
     ON CONFLICT (queue, id) DO NOTHING RETURNING j.id, ${STATE_SQL} AS state, j.process_at_ms`,
    [[...packs.values()].map(({ row }) => row)],
  );
  const back = placed.flatMap(({ id }) => packs.get(id) ?? []);
  const texts = (of: (pack: Pack) => string[] | null) => back.flatMap((pack) => of(pack) ?? []);
  await query('INSERT INTO job_log SELECT (t.row::job_log).* FROM unnest($1::text[]) AS t(row)', [
    texts(({ logs }) => logs),
  ]);
  await query(
    'INSERT INTO job_dependency SELECT (t.row::job_dependency).* FROM unnest($1::text[]) AS t(row) ON CONFLICT DO NOTHING',
    [texts(({ children }) => children)],
  );
  await query('INSERT INTO dedup SELECT (t.row::dedup).* FROM unnest($1::text[]) AS t(row) ON CONFLICT DO NOTHING', [
    texts(({ dedup }) => (dedup === null ? null : [dedup])),
  ]);
  await relink(
    query,
    queue,
    placed.map(({ id }) => id),
  );
  await noteIds(query, queue, placed);
  await tell(query, queue, placed);
  const there = new Set(placed.map(({ id }) => id));
  return new Map(items.map(({ id }) => [id, there.has(id) ? 'done' : 'skipped: the id is taken']));
}

/** A child that has not ended is waited for again, where its parent still waits. */
async function relink(query: Query, queue: string, ids: string[]): Promise<void> {
  await query(
    `WITH linked AS (
       INSERT INTO job_dependency (parent_queue, parent_id, child_queue, child_id, child_key, status)
       SELECT c.parent_queue, c.parent_id, c.queue, c.id, c.queue || ':' || c.id, 'pending' FROM job c
         JOIN job p ON p.queue = c.parent_queue AND p.id = c.parent_id AND p.state = 'waiting-children'
        WHERE c.queue = $1 AND c.id = ANY($2) AND c.state NOT IN ('completed', 'failed')
       ON CONFLICT (parent_queue, parent_id, child_key) DO NOTHING RETURNING parent_queue, parent_id
     )
     UPDATE job SET pending_deps = pending_deps + l.n
       FROM (SELECT parent_queue, parent_id, count(*)::int AS n FROM linked GROUP BY 1, 2) l
      WHERE queue = l.parent_queue AND id = l.parent_id`,
    [queue, ids],
  );
}

/** Moves jobs with their logs and deduplication to another queue, where the id is free there. */
export async function moveJobs(
  query: Query,
  queue: string,
  { from, toQueue }: Extract<BulkChange, { kind: 'move' }>,
  ids: string[],
): Promise<Outcomes> {
  const rows = await query<Placed & { flow: boolean; scheduled: boolean; taken: boolean }>(
    `SELECT j.id, ${STATE_SQL} AS state, j.process_at_ms, j.scheduler_id IS NOT NULL AS scheduled,
            j.parent_id IS NOT NULL OR EXISTS (SELECT FROM job_dependency d WHERE d.parent_queue = j.queue AND d.parent_id = j.id) AS flow,
            EXISTS (SELECT FROM job t WHERE t.queue = $3 AND t.id = j.id) AS taken
       FROM (SELECT * FROM job WHERE queue = $1 AND id = ANY($2) ORDER BY id FOR UPDATE) AS j`,
    [queue, ids, toQueue],
  );
  const outcomes: Outcomes = new Map();
  for (const { id, state, flow, scheduled, taken } of rows) {
    const isOver = state === 'completed' || state === 'failed';
    if (state !== from) outcomes.set(id, `skipped: no longer ${from} (now ${state})`);
    else if (flow) outcomes.set(id, 'skipped: part of a flow');
    else if (scheduled && !isOver) outcomes.set(id, 'skipped: a run of a scheduler');
    else if (taken) outcomes.set(id, 'skipped: the id is taken there');
    else outcomes.set(id, 'done');
  }
  const going = rows.filter(({ id }) => outcomes.get(id) === 'done');
  const values = [queue, ids.filter((id) => outcomes.get(id) === 'done'), toQueue];
  await query(
    `INSERT INTO job SELECT (jsonb_populate_record(s.j, jsonb_build_object('queue', $3::text, 'seq', s.seq))).*
       FROM (SELECT j, nextval('job_seq') AS seq FROM job j WHERE j.queue = $1 AND j.id = ANY($2)
              ORDER BY array_position($2::text[], j.id)) s`,
    values,
  );
  await query(
    `INSERT INTO job_log (queue, job_id, idx, row) SELECT $3, job_id, idx, row FROM job_log WHERE queue = $1 AND job_id = ANY($2)`,
    values,
  );
  await query(
    `UPDATE dedup d SET queue = $3 WHERE queue = $1 AND job_id = ANY($2)
        AND NOT EXISTS (SELECT FROM dedup o WHERE o.queue = $3 AND o.dedup_id = d.dedup_id)`,
    values,
  );
  await query('DELETE FROM dedup WHERE queue = $1 AND job_id = ANY($2)', values.slice(0, 2));
  await query('DELETE FROM job WHERE queue = $1 AND id = ANY($2)', values.slice(0, 2));
  await query(
    `SELECT publish_event($1, 'removed', jsonb_build_object('jobId', t.id, 'prev', $3::text)) FROM unnest($2::text[]) AS t(id)`,
    [queue, values[1], from],
  );
  await noteIds(query, toQueue, going);
  await tell(query, toQueue, going);
  return outcomes;
}

/** The queue must not give out a number that has just come to it. */
async function noteIds(query: Query, queue: string, placed: readonly Placed[]): Promise<void> {
  const highest = Math.max(0, ...placed.map(({ id }) => (/^\d{1,15}$/.test(id) ? Number(id) : 0)));
  if (highest === 0) return;
  await query(`SELECT CASE WHEN next_job_id($1)::bigint < $2 THEN setval(job_id_seq_name($1)::regclass, $2) END`, [
    queue,
    highest,
  ]);
}

/** Wakes workers and tells listeners, as BullMQ does when it adds. */
async function tell(query: Query, queue: string, placed: readonly Placed[]): Promise<void> {
  if (placed.length === 0) return;
  const events = placed.map(({ id, state, process_at_ms }) => {
    if (state === 'waiting' || state === 'prioritized') return { event: 'waiting', data: { jobId: id } };
    if (state === 'delayed') return { event: 'delayed', data: { jobId: id, delay: process_at_ms } };
    return { event: 'restored', data: { jobId: id } };
  });
  await query(
    `SELECT publish_event($1, e.value->>'event', e.value->'data') FROM jsonb_array_elements($2::jsonb) AS e`,
    [queue, JSON.stringify(events)],
  );
  await query(`SELECT pg_notify('bullmq_jobs', $1)`, [queue]);
}
