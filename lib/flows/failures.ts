import type { FlowMethods } from '@/lib/backends/flows';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { FlowFailures } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';
import { formatPlural } from '@/lib/format';
import { explainMissing } from '@/lib/jobs/missing';
import { SharedReads } from '@/lib/metrics/shared';
import { listAbilities } from '@/lib/sources/capabilities';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';
import { type FailedBelow, type FailedJob, findFailedBelow } from './failed-below';

/** Of a page that is looked at: more is told as at least. */
const LOOK = { jobs: 2_000, ms: 2_000 };
const SAMPLE = 20;
/** More viewers of a flow walk it no more often. */
const EVERY_MS = 2_000;
const looks = new WeakMap<FlowMethods, SharedReads>();

/** The dry run of a retry: what failed below a job, and what of that would be retried. Changes nothing. */
export const listFlowFailures = query(
  'flow.failures',
  async (ask, { source, queue, job: id }): Promise<FlowFailures> => {
    const entry = findSource(ask.sources, source);
    const flows = flowsOf(entry);
    const found = await looksOf(flows).read(keyOf({ queue, id }), ask.signal, (signal) =>
      findFailedBelow(flows, { queue, id }, LOOK, signal),
    );
    if (found === null) throw await explainMissing(ask.store, entry, queue, id);
    return {
      ...{ source, queue, id },
      jobs: found.ready.length,
      queues: byQueue(found.ready).map((one) => ({ queue: one.queue, jobs: one.ids.length })),
      sample: found.ready.slice(0, SAMPLE),
      ...describeLeft(found),
      ...listAbilities(ask, entry.backend, ['flow.retry'], () => refuseRetry(found)),
    };
  },
);

function looksOf(flows: FlowMethods): SharedReads {
  const shared = looks.get(flows) ?? new SharedReads(EVERY_MS);
  looks.set(flows, shared);
  return shared;
}

const keyOf = ({ queue, id }: JobRef) => `${queue.length}:${queue}${id}`;

/** What was seen of the flow is not so any more. */
export const forgetLook = (flows: FlowMethods, top: JobRef) => looksOf(flows).drop(keyOf(top));

/** Why there is nothing to retry; null where there is. */
export function refuseRetry({ ready, blocked, exact }: FailedBelow): string | null {
  if (ready.length > 0) return null;
  const why =
    blocked.length > 0
      ? `${formatPlural(blocked.length, 'job')} failed below it, but their own children have not completed yet.`
      : 'No job that can be retried has failed below it.';
  return exact ? why : `${why} Not all of the flow was looked at.`;
}

export function flowsOf({ backend }: SourceEntry): FlowMethods {
  if (!backend.flows) throw new CodedError('not_supported', `${backend.kind} has no flows.`);
  return backend.flows;
}

export const describeLeft = ({ blocked, ignored, looked, exact }: FailedBelow) => ({
  blocked: blocked.length,
  ignored,
  looked,
  exact,
});

export function byQueue(jobs: readonly FailedJob[]): { queue: string; ids: string[] }[] {
  const known = new Map<string, string[]>();
  for (const { queue, id } of jobs) {
    const ids = known.get(queue);
    if (ids) ids.push(id);
    else known.set(queue, [id]);
  }
  return [...known].map(([queue, ids]) => ({ queue, ids })).sort((a, b) => (a.queue < b.queue ? -1 : 1));
}
