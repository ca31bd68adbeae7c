import * as z from 'zod';
import { Cursor, Flag, JobName, JobState, Limit, Page, TimeInput } from '../common';
import {
  ChildrenFlag,
  ChildrenRemoved,
  EditInput,
  KeepLines,
  LogInput,
  PrioritizeInput,
  ProgressInput,
  RescheduleInput,
  RetryInput,
} from '../job-changes';
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

/** Each condition narrows the list; all hold. */
const ListFilter = {
  /** The whole name; several by commas. */
  name: JobName.optional(),
  /** A part of the error's first line, whatever its case. */
  error: z.string().min(1).max(200).optional(),
  /** When it ended, or was added where it has not. */
  from: TimeInput.optional(),
  to: TimeInput.optional(),
};

export const JOB_ENDPOINTS = {
  'job.list': endpoint(
    "A page of a queue's jobs in one state, without payloads",
    z.strictObject({ ...OfQueue, state: JobState, ...ListFilter, ...Page }),
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
  'job.retry': endpoint(
    'Put a failed or completed job back, with new data or fresh attempts where given',
    z.strictObject(OfJob),
    RetryInput.default({}),
    JobChanged,
  ),
  'job.promote': endpoint('Let a delayed job run now', z.strictObject(OfJob), null, JobChanged),
  'job.cancel': endpoint('Cancel a job', z.strictObject(OfJob), CancelInput.default({}), CancelResult),
  'job.remove': endpoint(
    'Remove a job, with its children unless told otherwise',
    z.strictObject({ ...OfJob, children: ChildrenFlag, undoable: Flag }),
    null,
    null,
    { status: 204 },
  ),
  'job.duplicate': endpoint('Add a copy of a job', z.strictObject(OfJob), null, Enqueued, {
    status: 201,
    idempotent: true,
  }),
  'job.edit': endpoint("Replace a job's data", z.strictObject(OfJob), EditInput, JobChanged),
  'job.prioritize': endpoint("Change a job's priority", z.strictObject(OfJob), PrioritizeInput, JobChanged),
  'job.reschedule': endpoint('Change when a delayed job runs', z.strictObject(OfJob), RescheduleInput, JobChanged),
  'job.progress': endpoint("Set a job's progress", z.strictObject(OfJob), ProgressInput, JobChanged),
  'job.log': endpoint("Add lines to a job's log", z.strictObject(OfJob), LogInput, JobChanged),
  'job.clear-logs': endpoint(
    "Clear a job's log, but for its newest lines",
    z.strictObject({ ...OfJob, keep: KeepLines }),
    null,
    JobChanged,
  ),
  'job.undeduplicate': endpoint("Free a job's deduplication key", z.strictObject(OfJob), null, JobChanged),
  'job.remove-children': endpoint("Remove a job's unprocessed children", z.strictObject(OfJob), null, ChildrenRemoved),
};
