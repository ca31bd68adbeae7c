import { CodedError } from '@/lib/contracts/errors';
import { AddFlow, FLOW_DEPTH, FLOW_NODES, type FlowTree } from '@/lib/contracts/flows';
import { parseInput } from '@/lib/contracts/parse-input';
import { checkTaskInput } from '@/lib/tasks/check-input';
import type { Definition } from '@/lib/tasks/definitions';
import { withPolicy } from '@/lib/tasks/policy';

export interface PlacedNode {
  node: FlowTree;
  /** `flow.children[2]` */
  path: string;
}

const invalid = (path: string, message: string) =>
  new CodedError('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });

/** The parsed tree; a tree that is too big is refused before anything walks down into it. */
export function parseTree(body: unknown): AddFlow {
  measure((body as { flow?: unknown }).flow);
  return parseInput(AddFlow, body);
}

function measure(root: unknown): void {
  let level = [root];
  let nodes = 0;
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > FLOW_DEPTH) throw invalid('flow', `is deeper than ${FLOW_DEPTH} levels`);
    nodes += level.length;
    if (nodes > FLOW_NODES) throw invalid('flow', `holds more than ${FLOW_NODES} jobs`);
    level = level.flatMap((node) => {
      const children = (node as { children?: unknown } | null)?.children;
      return Array.isArray(children) ? (children as unknown[]) : [];
    });
  }
}

/** Every node with its place, parents first. */
export function placeNodes(flow: FlowTree): PlacedNode[] {
  const placed: PlacedNode[] = [{ node: flow, path: 'flow' }];
  for (let i = 0; i < placed.length; i++) {
    const { node, path } = placed[i] as PlacedNode;
    placed.push(...node.children.map((child, n) => ({ node: child, path: `${path}.children[${n}]` })));
  }
  return placed;
}

/** Ids of one queue must differ; registered tasks are held to their schemas and get their retries. */
export function applyRules(placed: PlacedNode[], source: string, known: readonly Definition[]): void {
  const met = new Set<string>();
  for (const { node, path } of placed) {
    const { queue, name, options } = node;
    const key = `${queue}\u0000${options.id}`;
    if (options.id !== undefined && met.has(key)) throw invalid(`${path}.options.id`, 'is used twice in this queue');
    met.add(key);
    const definition = known.find(({ task }) => task.source === source && task.queue === queue && task.name === name);
    if (!definition) continue;
    checkTaskInput(definition, node.data, `${path}.data`);
    const { onFailure, ...same } = options;
    node.options = { ...withPolicy(definition.task, same), ...(onFailure ? { onFailure } : {}) };
  }
}
