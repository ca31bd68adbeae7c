import type { QueryClient } from '@tanstack/react-query';
import { appendLog, type JobLog } from '@/lib/client/job-log';
import { keys } from '@/lib/client/query-keys';
import type { Job, JobList, JobRow } from '@/lib/contracts/jobs';
import type { JobFrame } from '@/lib/contracts/live';

/** A row that may have left the broker since the list was read. */
export type SeenRow = JobRow & { isRemoved?: boolean };

export function applyJobFrame(client: QueryClient, frame: JobFrame): void {
  const { source, queue, id } = frame;
  if (frame.type === 'log') {
    client.setQueryData<JobLog>(keys.jobLogs(source, queue, id), (log) => (log ? appendLog(log, frame) : log));
    return;
  }
  for (const [key, list] of client.getQueriesData<JobList>({ queryKey: keys.jobLists(source, queue) })) {
    const at = list?.items.findIndex((row) => row.id === id) ?? -1;
    const row = list?.items[at];
    if (!list || !row) continue;
    client.setQueryData<JobList>(key, { ...list, items: list.items.with(at, patchRow(row, frame)) });
  }
  const jobKey = keys.job(source, queue, id);
  const job = client.getQueryData<Job>(jobKey);
  if (!job) return;
  if (frame.type === 'progress') client.setQueryData<Job>(jobKey, { ...job, progress: frame.progress });
  else {
    if (frame.state) client.setQueryData<Job>(jobKey, { ...job, state: frame.state });
    void client.invalidateQueries({ queryKey: jobKey });
  }
}

/** A row with what a frame tells; the row keeps its place whatever its state becomes. */
export function patchRow(row: SeenRow, frame: Exclude<JobFrame, { type: 'log' }>): SeenRow {
  if (frame.type === 'progress') return { ...row, progress: frame.progress };
  if (frame.state === null) return { ...row, isRemoved: true };
  const patched: SeenRow = { ...row, state: frame.state, isRemoved: false };
  if (frame.state === 'active') {
    if (row.state === 'active') return patched;
    return { ...patched, startedAt: frame.at, finishedAt: null, runMs: null, error: null };
  }
  if (frame.state === 'failed' || frame.state === 'completed') {
    const startedAt = row.startedAt && row.finishedAt === null ? Date.parse(row.startedAt) : null;
    return {
      ...patched,
      finishedAt: frame.at,
      error: frame.state === 'failed' ? (frame.error ?? row.error) : null,
      runMs: startedAt === null ? row.runMs : Math.max(0, Date.parse(frame.at) - startedAt),
    };
  }
  return { ...patched, finishedAt: null };
}
