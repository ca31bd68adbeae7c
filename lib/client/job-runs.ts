import type { Job } from '@/lib/contracts/jobs';
import type { RecordedJob } from '@/lib/contracts/search';

/** What the record adds to a job that the broker has: the times of its runs, and the cause that its failure is counted under. */
export type JobRuns = Pick<RecordedJob, 'addedAt' | 'state' | 'attemptsMade' | 'attemptsList' | 'group'>;

export const toJobRuns = ({ addedAt, state, attemptsMade, attemptsList, group }: RecordedJob): JobRuns => ({
  addedAt,
  state,
  attemptsMade,
  attemptsList,
  group,
});

type Told = Pick<Job, 'addedAt' | 'state' | 'attemptsMade'>;

/** Recorded without the job's own time of adding, it may lie so far off. */
const SAME_LIFE_MS = 5_000;

/** Of that life of the id, and not of an earlier one. */
export const isSameLife = (runs: JobRuns, job: Told): boolean =>
  Math.abs(Date.parse(runs.addedAt) - Date.parse(job.addedAt)) < SAME_LIFE_MS;

/** The record has not come to what the broker tells. */
export const isBehind = (runs: JobRuns, job: Told): boolean =>
  !isSameLife(runs, job) || runs.attemptsMade < job.attemptsMade || (job.state === 'failed' && runs.state !== 'failed');
