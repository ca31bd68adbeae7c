import type { BrokerRow, Cancelled } from '@/lib/backends/backend';
import { notSupported, settleChange } from '@/lib/jobs/change';
import { findSource } from '@/lib/sources/find';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';
import { action } from '@/lib/verbs';

const NO_BEAT =
  'Its worker does not carry the control module, so nothing tells it to stop; the job ends when its processor does.';
const NOT_YET = 'Its worker has been told and has not answered yet.';

/** Takes a job that has not begun out of the queue and records it; asks the worker of one that runs to stop it. */
export const cancelJob = action('job.cancel', async (ask, { source, queue, job, body }) => {
  const entry = findSource(ask.sources, source);
  if (!entry.backend.cancel) throw notSupported(entry, 'cancel a job');
  const reason = body.reason?.trim() || null;
  const cancelled = await entry.backend.cancel(queue, job, { by: ask.actor.name, reason, at: Date.now() });
  if (cancelled.kind === 'removed') {
    await recordCancelled(ask.store, { source, queue, by: ask.actor.name, reason }, cancelled.job);
    return { source, queue, id: job, outcome: 'removed', note: null };
  }
  if (cancelled.kind === 'requested')
    return {
      source,
      queue,
      id: job,
      outcome: cancelled.acknowledged ? 'acknowledged' : 'requested',
      note: noteOf(cancelled),
    };
  await settleChange(ask.store, entry, { queue, job, doing: 'cancelled' }, cancelled);
  throw new Error('cancel: the backend answered "done", which is no outcome of a cancellation');
});

function noteOf({ acknowledged, workerBeats }: Extract<Cancelled, { kind: 'requested' }>): string | null {
  if (acknowledged) return null;
  return workerBeats === false ? NO_BEAT : NOT_YET;
}

/** The broker has forgotten the job; this row is what remains of it beside the audit entry. */
async function recordCancelled(
  store: Store,
  { source, queue, by, reason }: { source: string; queue: string; by: string; reason: string | null },
  job: BrokerRow,
): Promise<void> {
  await store.query(
    `INSERT INTO queuedeck.cancelled_job (source, queue, job, name, state, by, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (source, queue, job) DO UPDATE
        SET name = excluded.name, state = excluded.state, by = excluded.by, reason = excluded.reason, cancelled_at = now()`,
    [source, storedText(queue), storedText(job.id), job.name, job.state, by, reason],
  );
}
