import { CodedError } from '@/lib/contracts/errors';
import { explainMissing } from '@/lib/jobs/missing';
import { createAcross, type OrderAcross } from '@/lib/operations/create-across';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';
import { findFailedBelow } from './failed-below';
import { byQueue, describeLeft, flowsOf, forgetLook, refuseRetry } from './failures';

const BOUNDS = { jobs: 100_000, ms: 30_000 };

/**
 * Retries what failed below a job, in all its queues, as operations over fixed sets. A job that failed with its children waits for these:
 * it is left out, and can be retried when they have completed.
 */
export const retryFlow = action(
  'flow.retry',
  async (ask, { source, queue, job: id, body }) => {
    const entry = findSource(ask.sources, source);
    const flows = flowsOf(entry);
    const found = await findFailedBelow(flows, { queue, id }, BOUNDS, ask.signal);
    if (found === null) throw await explainMissing(ask.store, entry, queue, id);
    const refusal = refuseRetry(found);
    if (refusal !== null) throw new CodedError('nothing_matches', refusal, { count: 0 });
    const chosen = `failed jobs of the flow below ${queue}:${id}`;
    const order: OrderAcross = { source, kind: 'retry', states: ['failed'], chosen, ...body };
    const started = await createAcross(ask, order, byQueue(found.ready));
    forgetLook(flows, { queue, id });
    return { ...started, ...describeLeft(found) };
  },
  ({ source, queue, job, body }, output) => ({
    ...{ source, queue, job, kind: 'retry', reason: body.reason },
    ...(output !== null && 'operations' in output
      ? { operations: output.operations.map(({ id }) => id), total: output.jobs }
      : {}),
  }),
);
