import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

/**
 * Forgets what a job did, so that a fresh run does it again. Called when a *completed* job is retried: the operator asks for
 * the work to be done once more. A retry of a *failed* job keeps its ledger: it goes on where it stopped.
 */
export async function clearEffects(store: Store, job: { source: string; queue: string; job: string }): Promise<void> {
  await store.query('DELETE FROM queuedeck.effect WHERE source = $1 AND queue = $2 AND job = $3', [
    job.source,
    storedText(job.queue),
    storedText(job.job),
  ]);
}

/** The same for many of one queue. */
export async function clearEffectsOf(
  store: Store,
  { source, queue, jobs }: { source: string; queue: string; jobs: readonly string[] },
): Promise<void> {
  await store.query('DELETE FROM queuedeck.effect WHERE source = $1 AND queue = $2 AND job = ANY($3)', [
    source,
    storedText(queue),
    jobs.map(storedText),
  ]);
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
