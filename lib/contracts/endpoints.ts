import * as z from 'zod';
import { Cursor, Flag, JobId, JobState, Limit, Page, QueueName, SourceName, TaskName } from './common';
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
} from './jobs';
import { Topics } from './live';
import { PauseResult, QueueAnswer, QueueList } from './queues';
import { ROUTES, type VerbName } from './routes';
import { SourceList } from './sources';
import { RunTask, TaskList } from './tasks';
import { WorkerList } from './workers';

/**
 * One row of THE table. `input` is the merge of path parameters and query (strict: an unknown one is refused) and, for
 * those with one, `body`. `output` is null where the answer is not JSON.
 */
export interface Endpoint<
  I extends z.ZodType = z.ZodType,
  B extends z.ZodType | null = z.ZodType | null,
  O extends z.ZodType | null = z.ZodType | null,
> {
  summary: string;
  input: I;
  body: B;
  output: O;
  status: number;
  /** Takes `Idempotency-Key`. */
  idempotent: boolean;
  /** What the door checks where that is looser than `body`: items that are judged one by one. */
  door: z.ZodType | null;
}

const endpoint = <I extends z.ZodType, B extends z.ZodType | null, O extends z.ZodType | null>(
  summary: string,
  input: I,
  body: B,
  output: O,
  extra: { status?: number; idempotent?: boolean; door?: z.ZodType } = {},
): Endpoint<I, B, O> => ({
  summary,
  input,
  body,
  output,
  status: extra.status ?? 200,
  idempotent: extra.idempotent ?? false,
  door: extra.door ?? null,
});

const OfQueue = { source: SourceName, queue: QueueName };
const OfJob = { ...OfQueue, job: JobId };
const none = z.strictObject({});

export const ENDPOINTS = {
  'source.list': endpoint('Brokers that are watched', z.strictObject(Page), null, SourceList),
  'queue.list': endpoint(
    'Queues with their counts',
    z.strictObject({ source: SourceName.optional(), ...Page }),
    null,
    QueueList,
  ),
  'queue.get': endpoint('One queue', z.strictObject(OfQueue), null, QueueAnswer),
  'queue.pause': endpoint('Pause a queue', z.strictObject(OfQueue), null, PauseResult),
  'queue.resume': endpoint('Resume a queue', z.strictObject(OfQueue), null, PauseResult),
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
  'worker.list': endpoint('Workers', z.strictObject({ source: SourceName.optional(), ...Page }), null, WorkerList),
  'task.list': endpoint('Tasks that can be enqueued', z.strictObject(Page), null, TaskList),
  'task.run': endpoint('Enqueue a task', z.strictObject({ task: TaskName }), RunTask, Enqueued, {
    status: 201,
    idempotent: true,
  }),
  'live.stream': endpoint(
    'Live frames (SSE)',
    z.strictObject({ topics: Topics, lastEventId: z.string().max(128).optional() }),
    null,
    null,
  ),
  'system.health': endpoint('The process is up', none, null, z.object({ status: z.literal('ok') })),
  'system.ready': endpoint(
    'Broker and store answer',
    none,
    null,
    z.object({ status: z.enum(['ok', 'degraded']), checks: z.record(z.string(), z.string()) }),
  ),
  'system.openapi': endpoint('This API, described', none, null, z.record(z.string(), z.unknown())),
} satisfies Record<VerbName, Endpoint>;

export type Endpoints = typeof ENDPOINTS;
/** What a verb's `run` receives: path parameters, query and `body`, parsed. */
export type InputOf<N extends VerbName> = z.output<Endpoints[N]['input']> & {
  body: Endpoints[N]['body'] extends z.ZodType ? z.output<Endpoints[N]['body']> : undefined;
};
/** What a caller sends, before parsing. */
export type CallOf<N extends VerbName> = z.input<Endpoints[N]['input']> &
  (Endpoints[N]['body'] extends z.ZodType ? { body?: z.input<Endpoints[N]['body']> } : object);
export type OutputOf<N extends VerbName> = Endpoints[N]['output'] extends z.ZodType
  ? z.output<Endpoints[N]['output']>
  : undefined;

/** `GET /queues/{source}` → its two halves. */
export function methodAndPath(name: VerbName): [method: string, path: string] {
  const [method = '', path = ''] = ROUTES[name].split(' ');
  return [method, path];
}
