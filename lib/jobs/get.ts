import type { CancelState } from '@/lib/backends/backend';
import { refuseToKeep } from '@/lib/bin/remove-kept';
import type { CancelRequest, Job } from '@/lib/contracts/jobs';
import { toIso, toIsoOrNow } from '@/lib/iso-time';
import { listJobAbilities } from '@/lib/jobs/abilities';
import { readAddedBy } from '@/lib/jobs/added-by';
import { readJobFacts, unknownJobFacts } from '@/lib/jobs/job-facts';
import { explainMissing } from '@/lib/jobs/missing';
import { streamRawJob } from '@/lib/jobs/raw-job';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

export const PAYLOAD_BYTES = 262_144;
export const getJob = query('job.get', async (ask, { source, queue, job: id, raw }) => {
  const entry = findSource(ask.sources, source);
  const { backend } = entry;
  const [job, cancel, facts] = await Promise.all([
    backend.getJob(queue, id, raw ? 0 : PAYLOAD_BYTES),
    backend.cancelState?.(queue, id) ?? null,
    readJobFacts(ask.store, source, queue, id).catch(unknownJobFacts),
  ]);
  if (job === null) throw await explainMissing(ask.store, entry, queue, id);
  const answer: Job = {
    source,
    ...job,
    cancel: cancel && toCancelRequest(cancel),
    idempotencyKey: facts.idempotencyKey,
    addedBy: facts.addedBy ?? readAddedBy(job.options),
    file: facts.file && { name: facts.file.name, sizeBytes: facts.file.sizeBytes },
    bin: { hours: ask.env.binHours, cannot: refuseToKeep(ask, backend, job, false) },
    ...listJobAbilities(ask, backend, {
      state: job.state,
      cancelRequested: cancel !== null,
      deduplicationId: job.deduplicationId,
      hasChildren: job.children !== null,
      logs: job.logs,
    }),
  };
  return raw ? streamRawJob(ask, answer, (field) => backend.readPayload(queue, id, field)) : answer;
});

function toCancelRequest(cancel: CancelState): CancelRequest {
  return {
    state: cancel.acknowledgedAt === null ? 'requested' : 'acknowledged',
    requestedAt: toIsoOrNow(cancel.at),
    acknowledgedAt: toIso(cancel.acknowledgedAt),
    by: cancel.by,
    reason: cancel.reason,
  };
}
