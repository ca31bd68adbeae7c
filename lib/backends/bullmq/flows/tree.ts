import type { FlowJob, JobsOptions } from 'bullmq';
import type { FlowOptions, FlowTree } from '@/lib/contracts/flows';
import type { JobState } from '@/lib/contracts/states';
import { toJobsOptions } from '../job-options';

const ON_FAILURE: Record<NonNullable<FlowOptions['onFailure']>, JobsOptions> = {
  'fail-parent': { failParentOnFailure: true },
  'continue-parent': { continueParentOnFailure: true },
  ignore: { ignoreDependencyOnFailure: true },
  remove: { removeDependencyOnFailure: true },
};

/** Our words → BullMQ's. */
export function toFlowJob({ queue, name, data, options, children }: FlowTree, addedBy?: string): FlowJob {
  const { onFailure, ...same } = options;
  return {
    name,
    queueName: queue,
    data,
    opts: { ...toJobsOptions(same, addedBy), ...(onFailure ? ON_FAILURE[onFailure] : {}) },
    ...(children.length > 0 ? { children: children.map((child) => toFlowJob(child, addedBy)) } : {}),
  } as FlowJob;
}

/** Every node, parents first. */
export function walkTree(tree: FlowTree): FlowTree[] {
  const nodes = [tree];
  for (let i = 0; i < nodes.length; i++) nodes.push(...(nodes[i]?.children ?? []));
  return nodes;
}

/** The state that the root is added in. */
export function firstRootState({ options, children }: FlowTree): JobState {
  if (children.length > 0) return 'waiting-children';
  if ((options.delayMs ?? 0) > 0) return 'delayed';
  return (options.priority ?? 0) > 0 ? 'prioritized' : 'waiting';
}

/** What BullMQ answered for each node: an id, an error, or a negative code. */
export function refusalOf(results: readonly unknown[]): string | null {
  for (const result of results) {
    if (result instanceof Error) throw result;
    if (typeof result === 'number' && result < 0) return sentenceOf(result);
  }
  return null;
}

const sentenceOf = (code: number) =>
  code === -7
    ? 'One of its jobs is there already, under another parent.'
    : `BullMQ refused one of its jobs (code ${code}).`;
