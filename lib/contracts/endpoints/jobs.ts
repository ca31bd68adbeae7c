import * as z from 'zod';
import { Cursor, Flag, JobState, Limit, Page } from '../common';
import {
  AddJobs,
  AddJobsDoor,
  CancelInput,
  CancelResult,
  Enqueued,
  EnqueuedMany,
  Job,
  JobChanged,
  JobList,
  JobLogs,
} from '../jobs';
import { JobWhy } from '../why';
import { endpoint, OfJob, OfQueue } from './endpoint';

export const JOB_ENDPOINTS = {
  'job.list': endpoint(
    "A page of a queue's jobs in one state, without payloads",
    z.strictObject({ ...OfQueue, state: JobState, ...Page }),
    null,
    JobList,
  ),
  'job.add': endpoint(
    'Enqueue one job, or a list of 1–1,000',
    z.strictObject(OfQueue),
    AddJobs,
    z.union([Enqueued, EnqueuedMany]),
    { status: 201, idempotent: true, door: AddJobsDoor },
  ),
  'job.get': endpoint('One job, whole', z.strictObject({ ...OfJob, raw: Flag }), null, Job),
  'job.why': endpoint('Why a job is not done, or how it goes', z.strictObject(OfJob), null, JobWhy),
  'job.logs': endpoint(
    "A page of a job's log, oldest line first",
    z.strictObject({ ...OfJob, cursor: Cursor.optional(), limit: Limit }),
    null,
    JobLogs,
  ),
  'job.file': endpoint('The file that a job made', z.strictObject(OfJob), null, null),
  'job.retry': endpoint('Put a failed or completed job back', z.strictObject(OfJob), null, JobChanged),
  'job.promote': endpoint('Let a delayed job run now', z.strictObject(OfJob), null, JobChanged),
  'job.cancel': endpoint('Cancel a job', z.strictObject(OfJob), CancelInput.default({}), CancelResult),
  'job.remove': endpoint('Remove a job', z.strictObject(OfJob), null, null, { status: 204 }),
};
