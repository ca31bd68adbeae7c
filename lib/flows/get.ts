import * as z from 'zod';
import type { BrokerChild, FlowLevel, FlowMethods } from '@/lib/backends/flows';
import { CodedError } from '@/lib/contracts/errors';
import type { ChildCounts, ChildKind, FlowNode } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { findCriticalPath } from '@/lib/flows/critical-path';
import { explainMissing } from '@/lib/jobs/missing';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** Beyond the asked level: so many nodes in all, and children of each. */
const NODES = 500;
const CHILDREN = 50;
const AT_ONCE = 4;
/** The key of the last child shown. */
const Place = z.strictObject({ k: At.text });

export const getFlow = query('flow.get', async (ask, { source, queue, job: id, depth, kind, cursor, limit }) => {
  const entry = findSource(ask.sources, source);
  const { flows } = entry.backend;
  if (!flows) throw new CodedError('not_supported', `${entry.backend.kind} has no flows.`);
  const level = await flows.level(queue, id, {
    kind: kind ?? null,
    after: readCursor(cursor, Place)?.k ?? null,
    limit,
  });
  if (level === null) throw await explainMissing(ask.store, entry, queue, id);
  const { parentKey, elsewhere } = level;
  const node = {
    ...toNode({ queue, id }, null, level.parent, level),
    ...(parentKey === undefined ? {} : { parentKey }),
    ...(elsewhere === undefined ? {} : { elsewhere }),
    nextCursor: nextOf(level),
  };
  const nodes = level.items.map((child) => toChild(child, { queue, id }));
  await expand(flows, nodes, depth, new Set([keyOf({ queue, id })]));
  return { source, node, nodes, criticalPath: findCriticalPath(node, nodes, Date.now()) };
});

const keyOf = ({ queue, id }: JobRef) => `${queue}\u0000${id}`;

/**
 * Level by level, each parent's children right at the end of the list: parents stand before them. `opened`: jobs whose children are in the
 * answer; one that is met again (BullMQ takes flows that lead back into themselves) stands there without them.
 */
async function expand(flows: FlowMethods, nodes: FlowNode[], depth: number, opened: Set<string>): Promise<void> {
  let from = 0;
  for (let level = 2; level <= depth; level++) {
    const parents = nodes.slice(from).filter((node) => node.children !== null && !opened.has(keyOf(node)));
    for (const node of nodes.slice(from)) if (opened.has(keyOf(node))) node.nextCursor = null;
    for (const parent of parents) opened.add(keyOf(parent));
    from = nodes.length;
    for (let i = 0; i < parents.length && nodes.length < NODES; i += AT_ONCE)
      await Promise.all(
        parents.slice(i, i + AT_ONCE).map(async (parent) => {
          const wants = { kind: null, after: null, limit: Math.min(CHILDREN, NODES - nodes.length) };
          const below = wants.limit > 0 ? await flows.level(parent.queue, parent.id, wants) : null;
          if (!below) return;
          parent.nextCursor = nextOf(below);
          nodes.push(...below.items.map((child) => toChild(child, { queue: parent.queue, id: parent.id })));
        }),
      );
  }
}

const nextOf = ({ next }: FlowLevel) => (next === null ? null : encodeCursor({ k: next }));

/** Its own children are not in the answer yet: their cursor is the beginning. */
function toChild({ queue, id, kind, job }: BrokerChild, parent: JobRef): FlowNode {
  const node = toNode({ queue, id }, kind, parent, job);
  return node.children === null ? node : { ...node, nextCursor: encodeCursor({ k: '' }) };
}

function toNode(
  { queue, id }: JobRef,
  kind: ChildKind | null,
  parent: JobRef | null,
  job: { row: FlowLevel['row']; children: ChildCounts | null } | null,
): FlowNode {
  const row = job?.row ?? null;
  return {
    queue,
    id,
    name: row?.name ?? null,
    state: row?.state ?? null,
    kind,
    parent,
    addedAt: row?.addedAt ?? null,
    startedAt: row?.startedAt ?? null,
    finishedAt: row?.finishedAt ?? null,
    waitMs: row?.waitMs ?? null,
    runMs: row?.runMs ?? null,
    error: row?.error ?? null,
    children: job?.children ?? null,
    nextCursor: null,
  };
}
