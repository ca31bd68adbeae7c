import type pg from 'pg';
import { boundTime } from '@/lib/store/history/partitions';
import { jobKey } from '@/lib/store/history/scope-key';
import type { Queries } from '@/lib/store/queries';
import type { JobPlace } from './roots';

/** A job that stands as failed, and the flow that it is of. Times epoch ms. */
export interface FlowFailure extends JobPlace {
  name: string;
  failedAt: number;
  addedAt: number;
  root: JobPlace;
}

/** Within the transaction that writes the jobs. `others`: jobs of flows that do not stand as failed, or no longer do. */
export async function writeFlowFailures(
  client: pg.PoolClient,
  source: string,
  failures: readonly FlowFailure[],
  others: readonly JobPlace[],
): Promise<void> {
  const keysOf = (jobs: readonly JobPlace[]) => jobs.map(({ queue, id }) => jobKey(source, queue, id));
  if (others.length > 0)
    await client.query('DELETE FROM queuedeck.flow_failure WHERE job_key = ANY($1::bytea[])', [keysOf(others)]);
  if (failures.length === 0) return;
  await client.query(
    `INSERT INTO queuedeck.flow_failure (source, job_key, root_key, failed_ms, added_at, job, root)
     SELECT $1, f.key, f.root_key, f.failed, to_timestamp(f.added / 1000), f.job, f.root
       FROM unnest($2::bytea[], $3::bytea[], $4::bigint[], $5::float8[], $6::text[], $7::text[]) AS f(key, root_key, failed, added, job, root)
     ON CONFLICT (job_key) DO UPDATE SET root_key = excluded.root_key, failed_ms = excluded.failed_ms, added_at = excluded.added_at,
        job = excluded.job, root = excluded.root`,
    [
      source,
      keysOf(failures),
      keysOf(failures.map(({ root }) => root)),
      failures.map(({ failedAt }) => Math.round(failedAt)),
      failures.map(({ addedAt }) => boundTime(addedAt)),
      failures.map(({ queue, id, name }) => JSON.stringify([queue, id, name])),
      failures.map(({ root }) => JSON.stringify([root.queue, root.id])),
    ],
  );
}

/** Of these jobs those that failures take for their root: it may turn out later that they have a parent. */
export async function findTakenForRoots(
  store: Queries,
  source: string,
  jobs: readonly JobPlace[],
): Promise<JobPlace[]> {
  if (jobs.length === 0) return [];
  const byKey = new Map(jobs.map((job) => [jobKey(source, job.queue, job.id).toString('hex'), job]));
  const rows = await store.query<{ root_key: Buffer }>(
    `SELECT g.root_key FROM unnest($2::bytea[]) AS g(root_key)
      WHERE EXISTS (SELECT FROM queuedeck.flow_failure f WHERE f.source = $1 AND f.root_key = g.root_key)`,
    [source, [...byKey.keys()].map((key) => Buffer.from(key, 'hex'))],
  );
  return rows.flatMap(({ root_key }) => byKey.get(root_key.toString('hex')) ?? []);
}

/** The failures of these roots belong to other ones. */
export async function moveToRoots(
  client: pg.PoolClient,
  source: string,
  moved: readonly { from: JobPlace; to: JobPlace }[],
): Promise<void> {
  if (moved.length === 0) return;
  await client.query(
    `UPDATE queuedeck.flow_failure f SET root_key = m.to_key, root = m.root
       FROM unnest($2::bytea[], $3::bytea[], $4::text[]) AS m(from_key, to_key, root)
      WHERE f.source = $1 AND f.root_key = m.from_key`,
    [
      source,
      moved.map(({ from }) => jobKey(source, from.queue, from.id)),
      moved.map(({ to }) => jobKey(source, to.queue, to.id)),
      moved.map(({ to }) => JSON.stringify([to.queue, to.id])),
    ],
  );
}
