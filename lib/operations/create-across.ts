import { CodedError } from '@/lib/contracts/errors';
import { type CreateOperation, OperationAction, type StartedOperations } from '@/lib/contracts/operations';
import type { JobState } from '@/lib/contracts/states';
import { isStorable } from '@/lib/contracts/storable';
import type { Ask } from '@/lib/verbs';
import type { Choice } from './choose-jobs';
import { checkCount, fixChoice, writeOperation } from './create';

/** What is done to jobs of several queues. */
export interface OrderAcross {
  source: string;
  kind: 'retry' | 'remove' | 'cancel';
  states: JobState[];
  reason: string;
  options: CreateOperation['options'];
  /** The choice in one sentence. */
  chosen: string;
}

/**
 * Jobs of several queues, known by their ids: an operation works on one queue, so that each has one of its own, all written when all are
 * chosen. A job that is in no such state any more is left out. Throws nothing_matches, and confirm_count for the sum.
 */
export async function createAcross(
  ask: Ask,
  { source, kind, states, reason, options, chosen }: OrderAcross,
  jobs: readonly { queue: string; ids: string[] }[],
): Promise<StartedOperations> {
  // The bounds of a request's ids are not for these: they come from the record, or the broker.
  const order = { action: OperationAction.parse({ kind }), reason, options };
  const fixed = [];
  const leftOut = [];
  for (const { queue, ids } of jobs) {
    const whole = { ...order, filter: { source, queue, states, timeField: 'added' as const, ids } };
    const choice = await chooseOrRefuse(ask, whole);
    if (choice instanceof CodedError) leftOut.push({ queue, jobs: ids.length, refusal: choice });
    else fixed.push({ order: whole, choice });
  }
  const [refused] = leftOut;
  if (refused && fixed.length === 0) throw refused.refusal;
  checkCount(
    fixed.map(({ choice }) => choice),
    options.confirmCount,
  );
  const operations = [];
  for (const { order, choice } of fixed)
    if (choice.eligible > 0) operations.push(await writeOperation(ask, order, choice, chosen));
  return {
    operations,
    jobs: operations.reduce((sum, { total }) => sum + total, 0),
    leftOut: leftOut.map(({ refusal, ...one }) => ({ ...one, reason: refusal.detail })),
  };
}

/** One queue that is gone, that cannot be read or be named keeps nothing from the others. */
const OF_ONE_QUEUE: readonly string[] = ['queue_not_found', 'unreadable', 'broker_refused'];

async function chooseOrRefuse(ask: Ask, order: CreateOperation): Promise<Choice | CodedError> {
  if (!isStorable(order.filter.queue))
    return new CodedError(
      'validation_failed',
      'The name of the queue holds a NUL character, which no operation can keep.',
    );
  return fixChoice(ask, order).catch((error: unknown) => {
    if (error instanceof CodedError && OF_ONE_QUEUE.includes(error.code)) return error;
    throw error;
  });
}
