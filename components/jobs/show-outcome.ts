import type { QueryClient } from '@tanstack/react-query';
import type { JobAddress } from '@/lib/client/jobs';
import { applyJobFrame } from '@/lib/client/live/apply-job-frame';
import { keys } from '@/lib/client/query-keys';
import type { JobOutcome } from '@/lib/client/run-job-action';
import type { JobList } from '@/lib/contracts/jobs';

/** What the cache holds of a job, by identity: every frame makes new objects. */
export type SeenJob = readonly unknown[];

export function readSeenJob(client: QueryClient, { source, queue, job }: JobAddress): SeenJob {
  const lists = client.getQueriesData<JobList>({ queryKey: keys.jobLists(source, queue) });
  const rows = lists.map(([, list]) => list?.items.find((row) => row.id === job));
  return [...rows, client.getQueryData(keys.job(source, queue, job))];
}

/**
 * Shows what an action did. `before` was read when it began: where frames have told of the job since, they know better
 * than the answer, which they may have overtaken (a retried job can be done before its retry is answered).
 */
export function showOutcome(client: QueryClient, address: JobAddress, { state }: JobOutcome, before: SeenJob): void {
  const now = readSeenJob(client, address);
  if (now.length !== before.length || now.some((seen, at) => seen !== before[at])) return;
  const { source, queue, job } = address;
  const at = new Date().toISOString();
  applyJobFrame(client, { source, queue, id: job, at, type: 'state', state, name: null, error: null });
}
