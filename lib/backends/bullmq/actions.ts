import type { IQueueBackend, JobsOptions, MinimalQueue } from 'bullmq';
import { Job as BullJob } from 'bullmq';
import type { AddedJob, Change, NewJob } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { JobState } from '@/lib/contracts/states';
import { decodeOptions, toJobsOptions } from './job-options';

/** What the shared actions need of a BullMQ backend. Every function rejects with `broker_unavailable` when it is away. */
export interface ActionPorts {
  /** Runs BullMQ's own operations on one queue, over a connection for changes. */
  change<T>(queue: string, run: (backend: IQueueBackend) => Promise<T>): Promise<T>;
  readState(queue: string, id: string): Promise<JobNow>;
}

/** What the actions need to know of a job; `state: null` = there is none. */
export interface JobNow {
  state: JobState | null;
  lifo: boolean;
  priority: number;
  name: string;
}

const NOT_THERE = -1;

export async function promoteJob(ports: ActionPorts, queue: string, id: string): Promise<Change> {
  const { state, priority } = await ports.readState(queue, id);
  if (state === null) return { kind: 'gone' };
  const code = await codeOf(ports, queue, (backend) => backend.promote(id));
  if (code === 0) return { kind: 'done', state: priority > 0 ? 'prioritized' : 'waiting' };
  return code === NOT_THERE ? { kind: 'gone' } : wrongState(ports, queue, id);
}

export const ofScheduler = (): Change & { kind: 'refused' } => ({
  kind: 'refused',
  reason: 'It is the next run of a job scheduler: remove or change the scheduler instead.',
});

async function wrongState(ports: ActionPorts, queue: string, id: string): Promise<Change> {
  const { state } = await ports.readState(queue, id);
  return state === null ? { kind: 'gone' } : { kind: 'wrong-state', state };
}

/** 0, or the negative code with which BullMQ refused. */
async function codeOf(
  ports: ActionPorts,
  queue: string,
  run: (backend: IQueueBackend) => Promise<unknown>,
): Promise<number> {
  try {
    await ports.change(queue, run);
    return 0;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'number' && code < 0) return code;
    throw error;
  }
}

/** `existed`: its id, or that of its deduplication, was taken when its turn came. */
export interface Inserted {
  id: string;
  existed: boolean;
}

/**
 * Adds with BullMQ's own Job, all or none. `insert` puts the prepared entries into the broker, in their order.
 * Throws `validation_failed` for options that BullMQ refuses.
 */
export async function addJobs(
  ports: ActionPorts,
  queue: string,
  jobs: NewJob[],
  insert: (entries: PreparedJob[]) => Promise<Inserted[]>,
  minimal: MinimalQueue,
): Promise<AddedJob[]> {
  const inserted = await insert(jobs.map((job) => prepareJob(minimal, job)));
  return Promise.all(
    inserted.map(async ({ id, existed }, i): Promise<AddedJob> => {
      const job = jobs[i] as NewJob;
      const now = existed ? await ports.readState(queue, id) : null;
      return { id, name: now?.state ? now.name : job.name, state: now?.state ?? firstState(job), existed };
    }),
  );
}

export interface PreparedJob {
  json: ReturnType<BullJob['asJSON']>;
  id: string | undefined;
  deduplicationId: string | null;
}

function prepareJob(minimal: MinimalQueue, job: NewJob): PreparedJob {
  const options = toJobsOptions(job.options, job.addedBy);
  try {
    const bull = new BullJob(minimal, job.name, job.data, options, options.jobId);
    return { ...toEntry(bull), deduplicationId: job.options.deduplication?.id ?? null };
  } catch (error) {
    throw new CodedError('validation_failed', `BullMQ refuses this job: ${(error as Error).message}`, { cause: error });
  }
}

/** Of one job only, or made anew: a copy has none of these. */
const OWN_OPTIONS = [
  'addedBy',
  'effectRun',
  'jobId',
  'parent',
  'repeat',
  'repeatJobKey',
  'prevMillis',
  'timestamp',
  'deduplication',
  'telemetry',
];

/** What a copy keeps of a job's stored options. */
export function copyOptions(optsText: string): Record<string, unknown> {
  const options = decodeOptions(optsText);
  for (const name of OWN_OPTIONS) delete options[name];
  return options;
}

export interface StoredJob {
  name: string;
  /** JSON, as the broker has it. */
  data: string;
  opts: string;
  /** As it is now, whatever the options say. */
  priority: number;
}

/** A new job with a stored one's name, options and very data text. */
export function prepareStored(
  minimal: MinimalQueue,
  { name, data, opts, priority }: StoredJob,
  id: string | undefined,
  deduplication: object | undefined,
): PreparedJob {
  const options = { ...copyOptions(opts), priority, ...(deduplication ? { deduplication } : {}) } as JobsOptions;
  const entry = toEntry(new BullJob(minimal, name, {}, options, id));
  const deduplicationId = (deduplication as { id?: string } | undefined)?.id ?? null;
  return { ...entry, json: { ...entry.json, data }, deduplicationId };
}

/** `toFlowEntry` validates the options and gives the stored form. */
function toEntry(bull: BullJob): { json: PreparedJob['json']; id: string | undefined } {
  const { jobData, jobId } = bull.toFlowEntry();
  return { json: jobData as PreparedJob['json'], id: jobId };
}

function firstState({ options }: NewJob): JobState {
  if ((options.delayMs ?? 0) > 0) return 'delayed';
  return (options.priority ?? 0) > 0 ? 'prioritized' : 'waiting';
}

/** The queue as BullMQ's Job wants it, without a Queue, which would write metadata and refuses names that others use. */
export function minimalQueue(backend: IQueueBackend, name: string): MinimalQueue {
  const self = {
    name,
    qualifiedName: backend.qualifiedName,
    keys: backend.keys,
    toKey: (type: string) => backend.toKey(type),
    opts: {},
    closing: undefined,
    backend,
    emit: () => false,
    on: (): unknown => self,
    removeListener: (): unknown => self,
    waitUntilReady: async () => undefined,
    trace: async (_kind: unknown, _operation: unknown, _destination: unknown, run: () => unknown) => run(),
  };
  return self as unknown as MinimalQueue;
}
