import type { Flow, FlowNode } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';

const keyOf = ({ queue, id }: JobRef) => `${queue}\u0000${id}`;
const refOf = ({ queue, id }: FlowNode): JobRef => ({ queue, id });
const ms = (iso: string | null) => (iso === null ? null : Date.parse(iso));

/**
 * From a job that has not ended down to what holds it up: at each level a child that failed and is still awaited, the first that did, since
 * only a retry frees it; else the one that goes on, the longest at it. Never a child that is done: it holds nothing. Null: the job has
 * ended, or is gone, and nothing holds it up. `nodes` as in a Flow. BullMQ takes flows that lead back into themselves: the path ends there.
 */
export function findCriticalPath(root: FlowNode, nodes: readonly FlowNode[], nowMs: number): Flow['criticalPath'] {
  if (!isOpen(root)) return null;
  const byParent = new Map<string, FlowNode[]>();
  for (const node of nodes) {
    if (!node.parent) continue;
    const siblings = byParent.get(keyOf(node.parent));
    if (siblings) siblings.push(node);
    else byParent.set(keyOf(node.parent), [node]);
  }
  const path = [root];
  const met = new Set([keyOf(root)]);
  let partial = false;
  for (let at: FlowNode | undefined = root; at; ) {
    if (at.nextCursor !== null) partial = true;
    const holding: FlowNode[] = (byParent.get(keyOf(at)) ?? []).filter(
      (child) => !met.has(keyOf(child)) && (isOpen(child) || hasFailed(child)),
    );
    at = holding.reduce<FlowNode | undefined>((best, one) => (best && !holdsLonger(one, best) ? best : one), undefined);
    if (!at) break;
    met.add(keyOf(at));
    path.push(at);
  }
  return { jobs: path.map(refOf), elapsedMs: elapsed(path, nowMs), partial };
}

function holdsLonger(a: FlowNode, b: FlowNode): boolean {
  if (hasFailed(a) !== hasFailed(b)) return hasFailed(a);
  if (hasFailed(a)) return (ms(a.finishedAt) ?? Infinity) < (ms(b.finishedAt) ?? Infinity);
  return (ms(a.startedAt ?? a.addedAt) ?? Infinity) < (ms(b.startedAt ?? b.addedAt) ?? Infinity);
}

/** What may be ignored holds nobody. */
const hasFailed = ({ state, kind }: FlowNode) => state === 'failed' && kind === 'failed';
const isOpen = ({ state, finishedAt }: FlowNode) => state !== null && state !== 'failed' && finishedAt === null;

/** From the first of them that was added until now. */
function elapsed(path: FlowNode[], nowMs: number): number | null {
  const added = path.flatMap((node) => ms(node.addedAt) ?? []);
  return added.length === 0 ? null : Math.max(0, nowMs - Math.min(...added));
}
