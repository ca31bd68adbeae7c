import { randomUUID } from 'node:crypto';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

/**
 * The name of the next run of a job that has recorded effects (see `runOnce`); undefined where there is none, and so nothing to
 * tell apart. The broker keeps it in the step that puts a *completed* job back, so of retries that race, one name stands, and a
 * retry that was refused leaves the record as it was. A retry of a *failed* job goes on with the same run.
 */
export async function nextEffectRun(
  store: Store,
  { source, queue, job }: { source: string; queue: string; job: string },
): Promise<string | undefined> {
  return (await findWithEffects(store, { source, queue, jobs: [job] })).has(job) ? randomUUID() : undefined;
}

/** Which of these jobs of one queue have recorded effects. */
export async function findWithEffects(
  store: Store,
  { source, queue, jobs }: { source: string; queue: string; jobs: readonly string[] },
): Promise<Set<string>> {
  const rows = await store.query<{ job: string }>(
    `SELECT t.job FROM unnest($3::text[]) AS t(job)
      WHERE EXISTS (SELECT FROM queuedeck.effect e WHERE e.source = $1 AND e.queue = $2 AND e.job = t.job)`,
    [source, storedText(queue), jobs.map(storedText)],
  );
  const stored = new Set(rows.map(({ job }) => job));
  return new Set(jobs.filter((job) => stored.has(storedText(job))));
}

/** Deletes a batch of rows of effects that began more than `days` ago; how many went. */
export async function pruneEffects(store: Store, days = 30): Promise<number> {
  const rows = await store.query(
    `DELETE FROM queuedeck.effect WHERE ctid IN
       (SELECT ctid FROM queuedeck.effect WHERE started_at < now() - make_interval(days => $1) LIMIT 5000) RETURNING 1`,
    [days],
  );
  return rows.length;
}
