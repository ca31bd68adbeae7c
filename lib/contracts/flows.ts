import * as z from 'zod';
import { Can, Cannot, Cursor, IsoTime, JobId, JobState, Json, NewName, page, QueueName, SourceName } from './common';
import { JobOptions, JobRef, JobRow } from './jobs';
import { OperationOptions, StartedOperations } from './operations';
import { MissingSource } from './schedulers';
import { storable } from './storable';

/** How a parent's children stand. `failed` keep it from going on; `ignored` failed and were told not to matter. */
export const CHILD_KINDS = ['pending', 'processed', 'failed', 'ignored'] as const;
export const ChildKind = z.enum(CHILD_KINDS);
export type ChildKind = z.infer<typeof ChildKind>;

export const ChildCounts = z.object({
  total: z.number().int(),
  /** They have not ended. */
  pending: z.number().int(),
  processed: z.number().int(),
  failed: z.number().int(),
  /** Of the failed, those that the parent waits for until they are retried or removed; the others have failed it with them. */
  holding: z.number().int(),
  ignored: z.number().int(),
  /** Of very many unfinished children only some were looked at: `failed` and `holding` may be more, `pending` fewer. */
  atLeast: z.boolean(),
});
export type ChildCounts = z.infer<typeof ChildCounts>;

/** A job with children and no parent. */
export const FlowRoot = JobRow.extend({
  /** Null: it is gone from the broker, where other jobs of its flow still are. */
  state: JobState.nullable(),
  /**
   * When it ended, or else when it was added: newest first, those that have not ended before those that have. Of `state=failed` by the
   * record: when a job of the flow failed last.
   */
  at: IsoTime,
  children: ChildCounts.nullable(),
  /** Jobs of the flow, itself among them, that stand as failed by the record, and the newest of them; null where it was not asked. */
  failed: z.object({ count: z.number().int(), jobs: z.array(JobRef.extend({ name: z.string() })) }).nullable(),
});
export type FlowRoot = z.infer<typeof FlowRoot>;

/**
 * Brokers keep no list of flows: jobs are looked at, newest first, for being one. `searched` were looked at for this page;
 * a page may be short, even empty, with a `nextCursor` that goes on searching. `state` is that of the root; but `failed` are all flows in
 * which a job stands as failed, by the record, and by a search only where a source has no record that is up to date.
 */
export const FlowList = page(FlowRoot).extend({
  searched: z.number().int(),
  /** What the search cannot reach, in a sentence; null when it reaches all. */
  limits: z.string().nullable(),
  missing: z.array(MissingSource),
  /** How many flows have a job that stands as failed, by the record; null when no record answers. */
  failing: z.object({ flows: z.number().int(), atLeast: z.boolean() }).nullable(),
  /**
   * Of `state=failed`: the sources that the record answers for. What failed before `since` is not in it (null: it has all), nor in queues
   * that it has not read yet, or of which events went by unseen. Null: it was not asked.
   */
  recorded: z
    .array(z.object({ source: SourceName, since: IsoTime.nullable(), unreadQueues: z.number().int() }))
    .nullable(),
});
export type FlowList = z.infer<typeof FlowList>;

/** One node of a tree. `name` and `state` null: the job is no longer in the broker, only its parent knows of it. */
export const FlowNode = z.object({
  queue: QueueName,
  id: JobId,
  name: z.string().nullable(),
  state: JobState.nullable(),
  /** How its parent counts it; null for the job that was asked for. */
  kind: ChildKind.nullable(),
  parent: JobRef.nullable(),
  /** Of the job that was asked for: the key of a parent that lies outside this source, under another prefix. */
  parentKey: z.string().optional(),
  /** Of the job that was asked for: keys of those children of this page that lie outside this source. */
  elsewhere: z.array(z.string()).optional(),
  addedAt: IsoTime.nullable(),
  startedAt: IsoTime.nullable(),
  finishedAt: IsoTime.nullable(),
  waitMs: z.number().nullable(),
  runMs: z.number().nullable(),
  error: z.string().nullable(),
  children: ChildCounts.nullable(),
  /** Of its children: null when all are in the answer, or it has none. Goes with `flow.get` of this very job. */
  nextCursor: Cursor.nullable(),
});
export type FlowNode = z.infer<typeof FlowNode>;

/** `nodes` are flat: a parent stands before its children, and each names its parent. */
export const Flow = z.object({
  source: SourceName,
  node: FlowNode,
  nodes: z.array(FlowNode),
  /**
   * From the job down to what holds it up: at each level a child that failed and is still awaited, else the one that has gone on the
   * longest. `partial`: among the loaded nodes only. Null: the job has ended, and nothing holds it up.
   */
  criticalPath: z.object({ jobs: z.array(JobRef), elapsedMs: z.number().nullable(), partial: z.boolean() }).nullable(),
});
export type Flow = z.infer<typeof Flow>;

/** What a retry leaves as it is: `blocked` wait for children of their own first, the parents of `ignored` go on without them. */
const FlowLeft = {
  blocked: z.number().int(),
  ignored: z.number().int(),
  /** Jobs of the flow that were looked at; not `exact`: not all of them, so that more may have failed. */
  looked: z.number().int(),
  exact: z.boolean(),
};

/** What failed below a job and would be retried: `jobs` of them, of each queue so many, and the first twenty. */
export const FlowFailures = z.object({
  source: SourceName,
  queue: QueueName,
  id: JobId,
  jobs: z.number().int(),
  queues: z.array(z.object({ queue: QueueName, jobs: z.number().int() })),
  sample: z.array(JobRef.extend({ name: z.string(), error: z.string().nullable() })),
  ...FlowLeft,
  can: Can,
  cannot: Cannot,
});
export type FlowFailures = z.infer<typeof FlowFailures>;

export const RetryFlow = z.strictObject({
  reason: z.string().trim().min(1).max(500).check(storable).default('Retry what failed in this flow'),
  options: OperationOptions.default({}),
});
export type RetryFlow = z.output<typeof RetryFlow>;
export const FlowRetried = StartedOperations.extend(FlowLeft);
export type FlowRetried = z.infer<typeof FlowRetried>;

/** A tree is added in one atomic step, ~35 µs a node: more would hold a Redis for over 10 ms. */
export const FLOW_NODES = 200;
export const FLOW_DEPTH = 20;

export const FlowOptions = JobOptions.omit({ deduplication: true }).extend({
  /** What a failure of this job does to its parent; absent: the parent waits on. */
  onFailure: z.enum(['fail-parent', 'continue-parent', 'ignore', 'remove']).optional(),
});
export type FlowOptions = z.infer<typeof FlowOptions>;

export interface FlowTree {
  queue: string;
  name: string;
  data: unknown;
  options: FlowOptions;
  children: FlowTree[];
}
interface FlowTreeInput {
  queue: string;
  name: string;
  data?: unknown;
  options?: z.input<typeof FlowOptions> | undefined;
  children?: FlowTreeInput[] | undefined;
}

export const FlowTree: z.ZodType<FlowTree, FlowTreeInput> = z
  .strictObject({
    queue: NewName,
    name: z.string().min(1).max(256).check(storable),
    data: Json.default({}),
    options: FlowOptions.default({}),
    children: z
      .array(z.lazy(() => FlowTree))
      .max(FLOW_NODES)
      .default([]),
  })
  .meta({ id: 'FlowTree', description: `At most ${FLOW_NODES} nodes, ${FLOW_DEPTH} levels.` });

export const AddFlow = z.strictObject({ source: SourceName, flow: FlowTree });
export type AddFlow = z.infer<typeof AddFlow>;
/** At the door the tree stays unjudged: its size is measured before it is walked. */
export const AddFlowDoor = z.strictObject({ source: SourceName, flow: z.record(z.string(), z.unknown()) });

export const FlowAdded = z.object({
  source: SourceName,
  queue: QueueName,
  id: JobId,
  name: z.string(),
  state: JobState,
  nodes: z.number().int(),
});
export type FlowAdded = z.infer<typeof FlowAdded>;
