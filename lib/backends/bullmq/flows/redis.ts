import { FlowProducer, type IQueueBackend } from 'bullmq';
import type {
  BrokerChild,
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
import type { RedisChanges } from '../redis/change-jobs';
import type { SplitKey } from '../redis/get-job';
import type { RedisLink } from '../redis/link';
import { groupBySlot } from '../redis/masters';
import { toRawRow } from '../redis/scripts/row';
import { toRow } from '../redis/to-row';
import { PARENTS_LOOKED, toCounts } from './counts';
import { fillPage, type KeyedChild } from './fill-page';
import { findFailed, lookAtPending } from './pending-redis';
import { CHILD_KEYS, FLOW_NODES, SEARCH_FLOWS, WAITING_PARENTS } from './scripts';
import { LIMITS, mergeStreams, modeOf, type Stream, type StreamFound } from './streams';
import { firstRootState, refusalOf, toFlowJob, walkTree } from './tree';

/** Each looks at 200 jobs at most, ≈ 3 µs for each. */
const STREAMS_PER_STEP = 4;
/** Steps on their way at once: other clients come between them. */
const STEPS_AT_ONCE = 8;
const NODES_PER_STEP = 25;
/** Of one job; beyond this a page would cost more than it shows. */
const CHILDREN_READ = 200_000;

const STRUCTURES: Record<ChildKind, [suffix: string, type: 'set' | 'hash' | 'zset']> = {
  pending: [':dependencies', 'set'],
  processed: [':processed', 'hash'],
  failed: [':unsuccessful', 'zset'],
  ignored: [':failed', 'hash'],
};

export interface RedisFlowPorts {
  link: RedisLink;
  changes: RedisChanges;
  queueNames(): Promise<string[]>;
  split: SplitKey;
  changed<T>(queue: string, run: () => Promise<T>): Promise<T>;
}

export function openRedisFlows(ports: RedisFlowPorts): FlowMethods {
  const { link, queueNames, split } = ports;
  return {
    limits: LIMITS,
    async search(states, from, limit) {
      const queues = await queueNames();
      return link.call(() => searchFlows(ports, queues, states, from, limit));
    },
    async nodes(refs) {
      await queueNames();
      return link.call(() => readNodes(link, refs, split));
    },
    async level(queue, id, wants) {
      await queueNames();
      return link.call(() => readLevel(link, { queue, id }, wants, split));
    },
    async held(queue) {
      await queueNames();
      return link.call(() => readHeld(link, queue, split));
    },
    add: (tree, pinned, addedBy) => addTree(ports, tree, pinned, addedBy),
  };
}

async function searchFlows(
  { link, split }: RedisFlowPorts,
  queues: string[],
  states: readonly JobState[],
  from: FlowPlace | null,
  limit: number,
): Promise<FlowSearch> {
  const found: StreamFound[] = [];
  for (const group of groupBySlot(link, queues)) {
    const streams = group.flatMap((queue) => states.map((state): Stream => ({ queue, state })));
    const steps = chunk(streams, STREAMS_PER_STEP);
    for (const some of chunk(steps, STEPS_AT_ONCE))
      found.push(...(await Promise.all(some.map((step) => searchStep(link, step, from, limit)))).flat());
  }
  const { spots, searched, reached } = mergeStreams(found, from, limit);
  const nodes = await readNodes(link, spots, split);
  const flows = spots.flatMap((spot, i) => {
    const node = nodes[i];
    return node?.children ? [{ spot, row: node.row, children: node.children }] : [];
  });
  return { flows, searched, reached };
}

const chunk = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

async function searchStep(
  link: RedisLink,
  streams: Stream[],
  from: FlowPlace | null,
  limit: number,
): Promise<StreamFound[]> {
  const keys = streams.map(({ queue, state }) => link.base(queue) + (state === 'waiting' ? 'wait' : state));
  const args = streams.flatMap((stream) => [link.base(stream.queue), stream.state, ...modeOf(from, stream)]);
  const replies = (await link.script(SEARCH_FLOWS, keys, [from?.atMs ?? '', limit, ...args])) as unknown[][];
  return streams.map((stream, n) => toFound(stream, replies[n] ?? []));
}

function toFound(stream: Stream, [searched, lastId, lastScore, ...flat]: unknown[]): StreamFound {
  const roots: StreamFound['roots'] = [];
  for (let i = 0; i < flat.length; i += 2) roots.push({ id: String(flat[i]), atMs: Number(flat[i + 1]) });
  const last = lastId === '' ? null : { id: String(lastId), atMs: Number(lastScore) };
  return { ...stream, searched: Number(searched), roots, last };
}

/** In the order of the refs; null where the job is gone. */
async function readNodes(link: RedisLink, refs: readonly JobRef[], split: SplitKey) {
  const byQueue = new Map<string, JobRef[]>();
  for (const ref of refs) byQueue.set(ref.queue, [...(byQueue.get(ref.queue) ?? []), ref]);
  const raw = new Map<JobRef, ReturnType<typeof toNode>>();
  for (const [queue, all] of byQueue)
    for (let i = 0; i < all.length; i += NODES_PER_STEP) {
      const step = all.slice(i, i + NODES_PER_STEP);
      const base = link.base(queue);
      const ids = step.map(({ id }) => id);
      const keys = ids.map((id) => base + id);
      const replies = (await link.script(FLOW_NODES, keys, [base, ...ids])) as unknown[][];
      for (const [n, ref] of step.entries()) raw.set(ref, toNode(replies[n] ?? []));
    }
  const waiting = refs.filter((ref) => (raw.get(ref)?.counts.unprocessed ?? 0) > 0);
  const looks = new Map((await lookAtPending(link, waiting, split)).map((look, i) => [waiting[i], look]));
  return refs.map((ref) => {
    const node = raw.get(ref);
    if (!node) return null;
    const look = looks.get(ref);
    const { counts, ...rest } = node;
    const holding = look?.failed.length ?? 0;
    return { ...rest, children: toCounts({ ...counts, holding, atLeast: look ? !look.isWhole : false }) };
  });
}

function toNode([state, row, ...more]: unknown[]) {
  if (state === undefined) return null;
  const [unprocessed = 0, processed = 0, unsuccessful = 0, ignored = 0] = more.slice(0, 4).map(Number);
  return {
    row: toRow(toRawRow(row), state as JobState),
    counts: { unprocessed, processed, unsuccessful, ignored },
    parentKey: String(more[4] ?? ''),
  };
}

async function readLevel(link: RedisLink, ref: JobRef, wants: FlowWants, split: SplitKey): Promise<FlowLevel | null> {
  const [node] = await readNodes(link, [ref], split);
  if (!node) return null;
  const kinds = (Object.keys(STRUCTURES) as ChildKind[]).filter((kind) => isRead(kind, wants.kind));
  const keys = node.children && wants.limit > 0 ? await readChildKeys(link, ref, kinds) : new Map<string, ChildKind>();
  const sorted = [...keys].filter(([key]) => key > (wants.after ?? '')).sort(([a], [b]) => (a < b ? -1 : 1));
  const elsewhere: string[] = [];
  let at = 0;
  const { page, next } = await fillPage(wants, async (_, limit) => {
    const some = sorted.slice(at, at + limit);
    at += some.length;
    elsewhere.push(...some.flatMap(([key]) => (split(key) === null ? [key] : [])));
    return { children: await judgeChildren(link, some, split), isLast: at >= sorted.length };
  });
  const jobs = await readNodes(link, page, split);
  const items = page.map(({ queue, id, kind }, i): BrokerChild => {
    const job = jobs[i];
    return { queue, id, kind, job: job ? { row: job.row, children: job.children } : null };
  });
  const parent = node.parentKey === '' ? null : split(node.parentKey);
  return {
    ...{ row: node.row, parent, children: node.children, items, next },
    ...(parent === null && node.parentKey !== '' ? { parentKey: node.parentKey } : {}),
    ...(elsewhere.length > 0 ? { elsewhere } : {}),
  };
}

/** Those that failed may be among the pending. */
const isRead = (kind: ChildKind, wanted: ChildKind | null) =>
  wanted === null || kind === wanted || (wanted === 'failed' && kind === 'pending');

async function judgeChildren(link: RedisLink, some: [string, ChildKind][], split: SplitKey): Promise<KeyedChild[]> {
  const children = some.flatMap(([key, kind]) => {
    const ref = split(key);
    return ref ? [{ ...ref, key, kind }] : [];
  });
  const { failed } = await findFailed(
    link,
    children.filter(({ kind }) => kind === 'pending'),
  );
  return children.map((child) => (failed.has(child) ? { ...child, kind: 'failed' } : child));
}

async function readHeld(link: RedisLink, queue: string, split: SplitKey): Promise<HeldParents> {
  const reply = (await link.script(WAITING_PARENTS, [`${link.base(queue)}waiting-children`], [PARENTS_LOOKED])) as [
    number,
    ...string[],
  ];
  const [total, ...ids] = reply;
  const refs = ids.map((id) => ({ queue, id }));
  const looks = await lookAtPending(link, refs, split);
  const held = looks.flatMap(({ failed }, i) =>
    failed.length > 0 ? [{ id: ids[i] ?? '', failed: failed.length }] : [],
  );
  return {
    looked: ids.length,
    held,
    atLeast: total < 0 || total > ids.length || looks.some(({ isWhole }) => !isWhole),
  };
}

/** Pending ones first: a child that ends meanwhile is then met again where it went, and not missed. */
async function readChildKeys(link: RedisLink, { queue, id }: JobRef, kinds: ChildKind[]) {
  const keys = new Map<string, ChildKind>();
  for (const kind of kinds) {
    const [suffix, type] = STRUCTURES[kind];
    let cursor = '0';
    do {
      const reply = (await link.script(CHILD_KEYS, [link.base(queue) + id + suffix], [type, cursor])) as string[];
      const [next = '0', ...found] = reply;
      for (const key of found) keys.set(key, kind);
      cursor = next;
    } while (cursor !== '0' && keys.size < CHILDREN_READ);
  }
  return keys;
}

/** BullMQ's own FlowProducer makes the tree; all of it goes in by one MULTI. */
async function addTree(
  { link, changes, changed }: RedisFlowPorts,
  tree: FlowTree,
  pinned: boolean,
  addedBy?: string,
): Promise<FlowAdding> {
  const nodes = walkTree(tree);
  if (!pinned) {
    const named = nodes.flatMap(({ queue, options }) => (options.id === undefined ? [] : [{ queue, id: options.id }]));
    const there = await link.call(() =>
      Promise.all(named.map(({ queue, id }) => link.reads.exists(link.base(queue) + id))),
    );
    const job = named.find((_, i) => there[i] === 1);
    if (job) return { kind: 'taken', job };
  }
  const run = () =>
    changes.change(tree.queue, async (backend) => {
      let results: unknown[] = [];
      const addFlow: IQueueBackend['addFlow'] = async (entries) => {
        const added = await backend.addFlow(entries);
        results = added.map((one) => one[0] ?? one[1]);
        return added;
      };
      const own = { on: { value: () => undefined }, addFlow: { value: addFlow } };
      const producer = new FlowProducer({ prefix: link.prefix, connection: {} }, () => Object.create(backend, own));
      const { job } = await producer.add(toFlowJob(tree, addedBy));
      const refusal = refusalOf(results);
      if (refusal !== null) return { kind: 'refused', reason: refusal } as const;
      return { kind: 'done', id: job.id ?? '', state: firstRootState(tree) } as const;
    });
  const others = [...new Set(nodes.map(({ queue }) => queue))];
  return others.reduce((inner, queue) => () => changed(queue, inner), run)();
}
