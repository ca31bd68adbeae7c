import type { Flow, FlowNode } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';

const keyOf = ({ queue, id }: JobRef) => `${queue}\u0000${id}`;
const refOf = ({ queue, id }: FlowNode): JobRef => ({ queue, id });
const ms = (iso: string | null) => (iso === null ? null : Date.parse(iso));

/**
 * From the job down, at each level to the child that holds it up: one that has not ended, the longest at it first; else the one that
 * ended last, since that let its parent go. `nodes` as in a Flow. BullMQ takes flows that lead back into themselves: the path ends there.
 */
export function findCriticalPath(root: FlowNode, nodes: readonly FlowNode[], nowMs: number): Flow['criticalPath'] {
  const byParent = new Map<string, FlowNode[]>();
  for (const node of nodes)
    if (node.parent) byParent.set(keyOf(node.parent), [...(byParent.get(keyOf(node.parent)) ?? []), node]);
  const path = [root];
  const met = new Set([keyOf(root)]);
  let partial = false;
  for (let at: FlowNode | undefined = root; at; ) {
    const children: FlowNode[] = (byParent.get(keyOf(at)) ?? []).filter((child) => !met.has(keyOf(child)));
    if (at.nextCursor !== null) partial = true;
    at = children.reduce<FlowNode | undefined>(
      (best, one) => (best && !holdsLonger(one, best) ? best : one),
      undefined,
    );
    if (!at) break;
    met.add(keyOf(at));
    path.push(at);
  }
  return { jobs: path.map(refOf), elapsedMs: elapsed(path, nowMs), partial };
}

/** One that has not ended holds its parent longer than one that has. */
function holdsLonger(a: FlowNode, b: FlowNode): boolean {
  const [endA, endB] = [ms(a.finishedAt), ms(b.finishedAt)];
  const [openA, openB] = [isOpen(a), isOpen(b)];
  if (openA !== openB) return openA;
  if (openA) return (ms(a.startedAt ?? a.addedAt) ?? Infinity) < (ms(b.startedAt ?? b.addedAt) ?? Infinity);
  return (endA ?? 0) > (endB ?? 0);
}

const isOpen = ({ state, finishedAt }: FlowNode) => state !== null && finishedAt === null;

/** From the first of them that was added to the end of the last, or to now. */
function elapsed(path: FlowNode[], nowMs: number): number | null {
  const added = path.flatMap((node) => ms(node.addedAt) ?? []);
  if (added.length === 0) return null;
  const ends = path.map((node) => ms(node.finishedAt) ?? (isOpen(node) ? nowMs : 0));
  return Math.max(0, Math.max(...ends) - Math.min(...added));
}
