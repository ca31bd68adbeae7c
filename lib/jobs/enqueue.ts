import type { AddedJob, NewJob } from '@/lib/backends/backend';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { Enqueued } from '@/lib/contracts/jobs';
import { type Claim, claimKey } from '@/lib/jobs/idempotency';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import type { Ask } from '@/lib/verbs';

export interface EnqueueResult {
  job: Enqueued;
  /** 201 added; 200 it was there already (replayed key, taken id, deduplicated). */
  status: 200 | 201;
  headers: Record<string, string>;
}

/** What is asked for: the same again is known by it. */
export interface EnqueueRequest {
  scope: string;
  body: unknown;
  /** Throws where nothing may be added; what was added before is answered all the same. */
  mayAdd?: () => void;
}

/** A list is added in steps of so many: each is one MULTI, and 1,000 in one would hold the broker for some 35 ms. */
const STEP = 200;

export const KEY_TTL_MS = 86_400_000;

/**
 * Adds jobs, once per Idempotency-Key. With a key the ids are chosen and stored before the broker is asked, so that a retry
 * after any crash or time-out adds the same ids, which the broker refuses to add twice; and a deduplication entry of the
 * key's own life covers the case where the first job has finished and been removed in between.
 * Answers in the order of the input. When the broker goes away between two steps of a list, the rest are the error; when it is
 * away at the first one, that is thrown: nothing was added.
 */
export async function enqueue(
  ask: Ask,
  entry: SourceEntry,
  queue: string,
  jobs: NewJob[],
  { scope, body, mayAdd }: EnqueueRequest,
): Promise<(EnqueueResult | CodedError)[]> {
  const source = entry.config.name;
  const own = jobs.map((job) => ({ ...job, addedBy: ask.actor.name }));
  const key = ask.headers.idempotencyKey;
  const claim =
    key === null
      ? null
      : await claimKey(ask.store, {
          ...{ scope, body, key },
          source,
          queue,
          count: jobs.length,
          by: ask.actor.name,
          signal: ask.signal,
        });
  if (claim?.kind === 'replay')
    return claim.answer.map((job) => ({
      job: { ...job, source, queue },
      status: 200,
      headers: { ...location(job), 'idempotency-replayed': 'true' },
    }));
  try {
    mayAdd?.();
    const { added, failure } = await addInSteps(
      entry,
      queue,
      own.map((job, i) => (claim ? pin(job, claim, i) : job)),
    );
    sharedSnapshot(entry.backend).readSoon();
    const results = added.map(({ existed, id, name, state }): EnqueueResult => {
      const job = { source, queue, id, name, state };
      return { job, status: existed && claim === null ? 200 : 201, headers: location(job) };
    });
    if (failure === null) {
      await claim?.finish(results.map(({ job }) => job));
      return results;
    }
    await claim?.release().catch(() => undefined);
    return [...results, ...jobs.slice(added.length).map(() => failure)];
  } catch (error) {
    await claim?.release().catch(() => undefined);
    throw error;
  }
}

async function addInSteps(
  { backend }: SourceEntry,
  queue: string,
  jobs: NewJob[],
): Promise<{ added: AddedJob[]; failure: CodedError | null }> {
  const added: AddedJob[] = [];
  for (let from = 0; from < jobs.length; from += STEP) {
    try {
      added.push(...(await backend.addJobs(queue, jobs.slice(from, from + STEP))));
    } catch (error) {
      if (from === 0 || !(error instanceof CodedError)) throw error;
      return { added, failure: error };
    }
  }
  return { added, failure: null };
}

function pin(job: NewJob, claim: Extract<Claim, { kind: 'claimed' }>, i: number): NewJob {
  const id = job.options.id ?? claim.jobIds[i];
  if (id === undefined) throw new Error('idempotency: fewer ids than jobs');
  const deduplication = job.options.deduplication ?? { id: `idempotency-${id}`, ttlMs: KEY_TTL_MS };
  return { ...job, options: { ...job.options, id, deduplication } };
}

export const location = (job: Enqueued) => ({
  location: `/api/v1/queues/${encodeURIComponent(job.source)}/${encodeURIComponent(job.queue)}/jobs/${encodeURIComponent(job.id)}`,
});
