import { CodedError } from '@/lib/contracts/errors';
import { notSupported } from '@/lib/jobs/change';
import { KEY_TTL_MS, location } from '@/lib/jobs/enqueue';
import { claimKey } from '@/lib/jobs/idempotency';
import { explainMissing } from '@/lib/jobs/missing';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource } from '@/lib/sources/find';
import { Answer, type Ask, action } from '@/lib/verbs';

/** Adds a job with the same name, options and very data, under a new id; once per Idempotency-Key (see enqueue). */
export const duplicateJob = action(
  'job.duplicate',
  async (ask, { source, queue, job }) => {
    const entry = findSource(ask.sources, source);
    if (!entry.backend.duplicate) throw notSupported(entry, 'duplicate a job');
    const claim = await claimOnce(ask, source, queue, job);
    if (claim?.kind === 'replay') {
      const [first] = claim.answer;
      if (!first) throw new Error('idempotency: an answer without its job');
      return new Answer(first, 200, { ...location(first), 'idempotency-replayed': 'true' });
    }
    try {
      const id = claim?.jobIds[0];
      const once = id === undefined ? undefined : { id: `idempotency-${id}`, ttlMs: KEY_TTL_MS };
      const outcome = await entry.backend.duplicate(queue, job, id, once);
      if (outcome.kind === 'gone') throw await explainMissing(ask.store, entry, queue, job);
      if (outcome.kind === 'refused') throw new CodedError('wrong_state', outcome.reason);
      sharedSnapshot(entry.backend).readSoon();
      const { existed: _, ...added } = outcome.job;
      const answer = { source, queue, ...added };
      await claim?.finish([answer]);
      return new Answer(answer, 201, location(answer));
    } catch (error) {
      await claim?.release().catch(() => undefined);
      throw error;
    }
  },
  (_input, output) => (output instanceof Answer ? { id: output.body.id } : null),
);

async function claimOnce(ask: Ask, source: string, queue: string, job: string) {
  const key = ask.headers.idempotencyKey;
  if (key === null) return null;
  const request = { scope: `job.duplicate ${source} ${queue} ${job}`, key, body: null, source, queue, count: 1 };
  return claimKey(ask.store, { ...request, by: ask.actor.name, signal: ask.signal });
}
