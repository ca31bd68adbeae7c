import type { QueueBackend } from '@/lib/backends/backend';
import { CONFIRM_ABOVE, type JobFilter, type OperationPreview } from '@/lib/contracts/operations';
import { findSource, requireQueue } from '@/lib/sources/find';
import { query } from '@/lib/verbs';
import { type Choice, chooseJobs } from './choose-jobs';
import { narrowByQuery } from './narrow-by-query';
import { requireBulk } from './require-bulk';

/** Beyond this the figures are estimates. */
const SEARCH_MS = 4_000;
const SAMPLE_JOBS = 10;

/** The dry run: changes nothing. */
export const previewOperation = query('operation.preview', async (ask, { body }): Promise<OperationPreview> => {
  const { filter, action } = body;
  const entry = findSource(ask.sources, filter.source);
  await requireQueue(entry, filter.queue);
  const bulk = requireBulk(entry, filter, action);
  const asOf = new Date().toISOString();
  const narrowed = await narrowByQuery(ask, filter);
  const choice = await chooseJobs(bulk, narrowed, action.kind, { ms: SEARCH_MS, signal: ask.signal });
  const scale = choice.exact ? 1 : await estimateScale(entry.backend, filter, choice);
  return {
    source: filter.source,
    queue: filter.queue,
    kind: action.kind,
    matching: Math.round(choice.matching * scale),
    eligible: Math.round(choice.eligible * scale),
    exact: choice.exact,
    searched: choice.searched,
    notEligible: choice.notEligible,
    sample: await readSample(entry.backend, filter.queue, choice),
    needsConfirm: choice.eligible * scale > CONFIRM_ABOVE,
    asOf,
  };
});

/** All jobs of the states over those that were looked at. */
async function estimateScale(
  backend: QueueBackend,
  { queue, states }: JobFilter,
  { searched }: Choice,
): Promise<number> {
  const figures = (await backend.snapshot()).queues.find(({ name }) => name === queue);
  if (!figures || searched === 0) return 1;
  const total = Object.entries(figures.counts)
    .filter(([state]) => states?.some((wanted) => wanted === state) ?? true)
    .reduce((sum, [, count]) => sum + (count ?? 0), 0);
  return Math.max(1, total / searched);
}

/** The first and the last of the jobs, without payloads. */
async function readSample(
  backend: QueueBackend,
  queue: string,
  { groups }: Choice,
): Promise<OperationPreview['sample']> {
  const ids = groups.flatMap((group) => [...group.ids.slice(0, SAMPLE_JOBS / 2), ...group.ids.slice(-SAMPLE_JOBS / 2)]);
  const some = [...new Set(ids)].slice(0, SAMPLE_JOBS);
  const jobs = await Promise.all(some.map((id) => backend.getJob(queue, id, 0)));
  return jobs.flatMap((job) =>
    job
      ? [
          {
            id: job.id,
            name: job.name,
            state: job.state,
            addedAt: job.addedAt,
            finishedAt: job.finishedAt,
            error: job.error?.message.split('\n', 1)[0]?.slice(0, 300) ?? null,
          },
        ]
      : [],
  );
}
