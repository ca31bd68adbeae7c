import type { BrokerRow, Cancelled } from '@/lib/backends/backend';
import { removeKept } from '@/lib/bin/remove-kept';
import { notSupported, settleChange } from '@/lib/jobs/change';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource } from '@/lib/sources/find';
import { cleanText } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';
import { action } from '@/lib/verbs';

const NO_BEAT =
  'Its worker does not carry the control module, so nothing tells it to stop; the job ends when its processor does.';
const NOT_YET = 'Its worker has been told and has not answered yet.';

/**
 * Takes a job that has not begun out of the queue and records it, kept in the recycle bin where it has no children; asks the worker of one
 * that runs to stop it.
 */
export const cancelJob = action(
  'job.cancel',
  async (ask, { source, queue, job, body }) => {
    const entry = findSource(ask.sources, source);
    if (!entry.backend.cancel) throw notSupported(entry, 'cancel a job');
    const reason = body.reason?.trim() || null;
    const by = ask.actor.name;
    const of = { source, queue, by, reason };
    const order = { queue, job, kind: 'cancel', why: 'cancelled', withChildren: true } as const;
    const kept = await removeKept(ask, entry, order);
    if (kept?.kind === 'kept') {
      sharedSnapshot(entry.backend).readSoon();
      await recordCancelled(ask.store, of, { ...kept.job, id: job });
      return { source, queue, id: job, outcome: 'removed', note: null, binEntry: kept.entry };
    }
    const cancelled = await entry.backend.cancel(queue, job, { by, reason, at: Date.now() });
    if (cancelled.kind === 'removed') {
      await recordCancelled(ask.store, of, cancelled.job);
      return { source, queue, id: job, outcome: 'removed', note: null, binEntry: null };
    }
    if (cancelled.kind === 'requested') {
      const outcome = cancelled.acknowledged ? 'acknowledged' : 'requested';
      return { source, queue, id: job, outcome, note: noteOf(cancelled), binEntry: null };
    }
    await settleChange(ask.store, entry, { queue, job, doing: 'cancelled' }, cancelled);
    throw new Error('cancel: the backend answered "done", which is no outcome of a cancellation');
  },
  ({ body }, output) => ({
    reason: body.reason?.trim() || null,
    ...(output && 'outcome' in output ? { outcome: output.outcome, binEntry: output.binEntry } : {}),
  }),
);

function noteOf({ acknowledged, workerBeats }: Extract<Cancelled, { kind: 'requested' }>): string | null {
  if (acknowledged) return null;
  return workerBeats === false ? NO_BEAT : NOT_YET;
}

/** The broker has forgotten the job; this row is what remains of it beside the audit entry. */
async function recordCancelled(
  store: Store,
  { source, queue, by, reason }: { source: string; queue: string; by: string; reason: string | null },
  job: Pick<BrokerRow, 'id' | 'name' | 'state'>,
): Promise<void> {
  await store.query(
    `INSERT INTO queuedeck.cancelled_job (source, queue, job, name, state, by, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (source, queue, job) DO UPDATE
        SET name = excluded.name, state = excluded.state, by = excluded.by, reason = excluded.reason, cancelled_at = now()`,
    [source, storedText(queue), storedText(job.id), cleanText(job.name), job.state, by, reason],
  );
}
