import { Partitions } from '@/lib/store/history/partitions';
import { Scopes } from '@/lib/store/history/scopes';
import { STATE_CODES } from '@/lib/store/history/states';
import { termsOf } from '@/lib/store/history/terms';
import { type JobWrite, writeJobs } from '@/lib/store/history/write-jobs';
import type { Store } from '@/lib/store/store';

/** A job as a test says it: what is left out is a completed `mail` of queue `emails`. */
export interface GivenJob {
  id: string;
  queue?: string;
  name?: string;
  state?: keyof typeof STATE_CODES;
  addedAt?: number;
  finishedAt?: number | null;
  waitMs?: number;
  runMs?: number;
  attemptsMade?: number;
  worker?: string;
  error?: string;
  data?: unknown;
  flags?: number;
  groupId?: number;
}

/** Writes jobs as the recorder would. */
export async function writeRecorded(store: Store, source: string, given: readonly GivenJob[]): Promise<void> {
  const scopes = new Scopes(store, source);
  const jobs = given.map((job) => ({
    ...job,
    queue: job.queue ?? 'emails',
    name: job.name ?? 'mail',
    addedAt: job.addedAt ?? Date.now(),
  }));
  await new Partitions(store).prepare(jobs.map(({ addedAt }) => addedAt));
  await scopes.prepare(jobs);
  const workers = await scopes.workers(
    jobs.flatMap(({ worker }) => worker ?? []),
    () => '',
  );
  const rows = jobs.map((job): JobWrite => {
    const of = scopes.of(job.queue, job.name);
    const state = job.state ?? 'completed';
    const data = JSON.stringify(job.data ?? {});
    const ended = state === 'completed' || state === 'failed';
    return {
      id: job.id,
      sourceId: of.source,
      queueId: of.queue,
      kindId: of.kind,
      name: of.name,
      addedAt: job.addedAt,
      startedAt: ended ? job.addedAt + 10 : null,
      finishedAt: job.finishedAt === undefined ? (ended ? job.addedAt + 20 : null) : job.finishedAt,
      waitMs: job.waitMs ?? (ended ? 10 : null),
      runMs: job.runMs ?? (ended ? 10 : null),
      workerId: job.worker === undefined ? null : (workers.get(job.worker) ?? null),
      groupId: job.groupId ?? null,
      optionsId: null,
      dataBytes: Buffer.byteLength(data),
      resultBytes: null,
      state: STATE_CODES[state],
      flags: job.flags ?? 1,
      attemptsMade: job.attemptsMade ?? (ended ? 1 : 0),
      attempts: 1,
      error: job.error ?? null,
      terms: termsOf(data),
      data,
      result: null,
      detail: null,
    };
  });
  await store.transaction((client) => writeJobs(client, rows));
}
