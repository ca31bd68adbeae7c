import { FlowProducer, type IQueueBackend } from 'bullmq';
import type {
  FlowAdding,
  FlowLevel,
  FlowMethods,
  FlowPlace,
  FlowSearch,
  FlowWants,
  HeldParents,
} from '@/lib/backends/flows';
import type { ChildKind, FlowTree } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import { asInputError } from '../postgres/add';
import type { PostgresConnection, Query } from '../postgres/connection';
import { listQueueNames } from '../postgres/queues';
import { type JobColumns, toBigint, toBrokerRow } from '../postgres/rows';
import { minimalName } from '../schedulers/shape';
import { looksPerParent, PARENTS_LOOKED, toCounts } from './counts';
import { fillPage, type KeyedChild } from './fill-page';
import { CHILDREN_SQL, HELD_SQL, NODES_SQL, SEARCH_SQL } from './sql';
import { isHead, LIMITS, mergeStreams, modeOf, type Stream, type StreamFound } from './streams';
import { firstRootState, refusalOf, toFlowJob, walkTree } from './tree';

export function openPostgresFlows(connection: PostgresConnection): FlowMethods {
  const { query } = connection;
  return {
    limits: LIMITS,
    search: (states, from, limit) => searchFlows(query, states, from, limit),
    nodes: (refs) => readNodes(query, refs),
    level: (queue, id, wants) => readLevel(query, queue, id, wants),
    held: (queue) => readHeld(query, queue),
    add: (tree, pinned, addedBy) =>
      connection
        .transaction((step) => addTree(step, tree, pinned, addedBy))
        .catch((error: unknown) => {
          if (error instanceof Refused) return { kind: 'refused', reason: error.message } as const;
          throw asInputError(error);
        }),
  };
}

async function searchFlows(
  query: Query,
  states: readonly JobState[],
  from: FlowPlace | null,
  limit: number,
): Promise<FlowSearch> {
  const queues = await listQueueNames(query);
  const found = await Promise.all(states.map((state) => searchState(query, queues, state, from)));
  const { spots, searched, reached } = mergeStreams(found.flat(), from, limit);
  const nodes = await readNodes(query, spots);
  const flows = spots.flatMap((spot, i) => {
    const node = nodes[i];
    return node?.children ? [{ spot, row: node.row, children: node.children }] : [];
  });
  return { flows, searched, reached };
}

interface Looked {
  queue: string;
  id: string;
  at: string;
  root: boolean;
  looked: string;
  more: boolean;
}

async function searchState(query: Query, queues: string[], state: JobState, from: FlowPlace | null) {
  const modes = queues.map((queue) => modeOf(from, { queue, state }));
  const values = [queues, modes.map(([mode]) => mode), modes.map(([, id]) => id)];
  const rows = await query<Looked>(
    SEARCH_SQL[state],
    isHead(state) ? [queues] : [...values, from && toBigint(from.atMs)],
  );
  const byQueue = new Map<string, Looked[]>();
  for (const row of rows) byQueue.set(row.queue, [...(byQueue.get(row.queue) ?? []), row]);
  return queues.map((queue): StreamFound => toFound({ queue, state }, byQueue.get(queue) ?? []));
}

function toFound(stream: Stream, rows: Looked[]): StreamFound {
  const roots = rows.filter((row) => row.root).map(({ id, at }) => ({ id, atMs: Number(at) }));
  const end = rows.at(-1);
  const last = end?.more ? { id: end.id, atMs: Number(end.at) } : null;
  return { ...stream, searched: Number(end?.looked ?? 0), roots, last };
}

interface NodeColumns extends JobColumns {
  n: string;
  parent_queue: string | null;
  parent_id: string | null;
  unprocessed: number;
  processed: number;
  unsuccessful: number;
  ignored: number;
  holding: number;
}

/** In the order of the refs; null where the job is gone. */
async function readNodes(query: Query, refs: readonly JobRef[]) {
  if (refs.length === 0) return [];
  const looks = looksPerParent(refs.length);
  const rows = await query<NodeColumns>(NODES_SQL, [refs.map((ref) => ref.queue), refs.map((ref) => ref.id), looks]);
  const known = new Map(rows.map((row) => [Number(row.n), row]));
  return refs.map((_, i) => {
    const row = known.get(i + 1);
    if (!row) return null;
    const { parent_queue: queue, parent_id: id } = row;
    const parent = queue !== null && id !== null ? { queue, id } : null;
    const children = toCounts({ ...row, atLeast: row.unprocessed > looks });
    return { row: toBrokerRow(row), children, parent };
  });
}

async function readLevel(query: Query, queue: string, id: string, wants: FlowWants): Promise<FlowLevel | null> {
  const [node] = await readNodes(query, [{ queue, id }]);
  if (!node) return null;
  const statuses = statusesOf(wants.kind);
  const { page, next } = await fillPage(wants, async (after, limit) => {
    const rows = await query<KeyedChild>(CHILDREN_SQL, [queue, id, statuses, after, limit + 1]);
    return { children: rows.slice(0, limit), isLast: rows.length <= limit };
  });
  const jobs = await readNodes(query, page);
  const items = page.map((child, i) => {
    const job = jobs[i];
    return { queue: child.queue, id: child.id, kind: child.kind, job: job ? { ...job } : null };
  });
  return { ...node, items, next };
}

/** Those that failed may be among the pending. */
function statusesOf(kind: ChildKind | null): ChildKind[] {
  if (kind === null) return ['pending', 'processed', 'failed', 'ignored'];
  return kind === 'failed' ? ['failed', 'pending'] : [kind];
}

async function readHeld(query: Query, queue: string): Promise<HeldParents> {
  const looks = looksPerParent(PARENTS_LOOKED);
  const rows = await query<{ id: string; holding: number; parents: number; more: boolean }>(HELD_SQL, [
    queue,
    PARENTS_LOOKED,
    looks,
  ]);
  const held = rows.flatMap(({ id, holding }) => (holding > 0 ? [{ id, failed: holding }] : []));
  const parents = rows[0]?.parents ?? 0;
  return { looked: rows.length, held, atLeast: parents > rows.length || rows.some(({ more }) => more) };
}

/** Ends the transaction: none of the tree stays. */
class Refused extends Error {}

/** BullMQ's own FlowProducer makes the tree; its function `add_flow` puts it in. */
async function addTree(query: Query, tree: FlowTree, pinned: boolean, addedBy?: string): Promise<FlowAdding> {
  if (!pinned) {
    const taken = await findTaken(query, tree);
    if (taken) return { kind: 'taken', job: taken };
  }
  const addFlow: IQueueBackend['addFlow'] = async (entries) => {
    const payload = JSON.stringify(entries.map(toBatchEntry));
    const rows = await query<{ id: string }>('SELECT id FROM add_flow($1) AS t(id)', [payload]);
    const refusal = refusalOf(rows.map(({ id }) => (/^-\d+$/.test(id) ? Number(id) : id)));
    if (refusal !== null) throw new Refused(refusal);
    return rows.map(({ id }) => [null, id]);
  };
  const backend = {
    on: () => undefined,
    waitUntilReady: async () => undefined,
    forQueue: (name: string) => minimalName(name),
    addFlow,
  };
  const producer = new FlowProducer({ connection: {} }, () => backend as unknown as IQueueBackend);
  const { job } = await producer.add(toFlowJob(tree, addedBy));
  return { kind: 'done', id: job.id ?? '', state: firstRootState(tree) };
}

async function findTaken(query: Query, tree: FlowTree): Promise<JobRef | null> {
  const named = walkTree(tree).filter(({ options }) => options.id !== undefined);
  if (named.length === 0) return null;
  const [taken] = await query<{ queue: string; id: string }>(
    `SELECT j.queue, j.id FROM unnest($1::text[], $2::text[]) AS w(queue, id) JOIN job j ON j.queue = w.queue AND j.id = w.id LIMIT 1`,
    [named.map(({ queue }) => queue), named.map(({ options }) => options.id)],
  );
  return taken ?? null;
}

type Entry = Parameters<IQueueBackend['addFlow']>[0][number];

/** As BullMQ's PostgreSQL backend writes an entry. */
function toBatchEntry({ queueName, jobData, jobId, parentKeyOpts }: Entry) {
  const { opts = {}, parent } = jobData;
  return {
    queue: queueName,
    id: jobId ?? '',
    name: jobData.name,
    data: jobData.data ?? '{}',
    opts,
    priority: opts.priority ?? 0,
    delay: opts.delay ?? 0,
    timestamp: jobData.timestamp ?? Date.now(),
    attempts: opts.attempts ?? 1,
    parentQueue: parent?.queueKey ?? null,
    parentId: parent?.id ?? null,
    parentKey: parentKeyOpts?.parentKey ?? jobData.parentKey ?? null,
    dedupId: null,
    schedulerId: null,
    lifo: opts.lifo ?? false,
    addToWaitingChildren: parentKeyOpts?.addToWaitingChildren ?? false,
  };
}
