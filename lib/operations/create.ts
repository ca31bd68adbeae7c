import { randomUUID } from 'node:crypto';
import { CodedError } from '@/lib/contracts/errors';
import { CONFIRM_ABOVE, type CreateOperation, type Operation } from '@/lib/contracts/operations';
import { findSource, requireQueue } from '@/lib/sources/find';
import { type Ask, action } from '@/lib/verbs';
import { type Choice, chooseJobs } from './choose-jobs';
import { describeFilter } from './describe-filter';
import { insertOperation } from './ledger';
import { narrowByQuery } from './narrow-by-query';
import { present, readOperation } from './read';
import { requireBulk } from './require-bulk';

const SEARCH_MS = 60_000;

/**
 * Fixes the set of jobs and writes it down; a monitor then changes them. 409 nothing_matches, and above 1,000 jobs
 * confirm_count, with the count, unless it was sent.
 */
export const createOperation = action(
  'operation.create',
  async (ask, { body }) => {
    const choice = await fixChoice(ask, body);
    checkCount([choice], body.options.confirmCount);
    return writeOperation(ask, body, choice, describeFilter(body.filter));
  },
  ({ body }, output) => ({
    source: body.filter.source,
    queue: body.filter.queue,
    kind: body.action.kind,
    chosen: describeFilter(body.filter),
    reason: body.reason,
    ...(output !== null && 'id' in output ? { operation: output.id, total: output.total } : {}),
  }),
);

/** Which jobs an order is about, as of now. Throws not_supported, queue_not_found, validation_failed. */
export async function fixChoice(ask: Ask, { filter, action: what, options }: CreateOperation): Promise<Choice> {
  const entry = findSource(ask.sources, filter.source);
  await requireQueue(entry, filter.queue);
  const bulk = requireBulk(entry, filter, what);
  if (options.phases && what.kind !== 'retry' && what.kind !== 'edit-and-retry') throw onlyRetries();
  const narrowed = await narrowByQuery(ask, filter);
  return chooseJobs(bulk, narrowed, what.kind, { ms: SEARCH_MS, signal: ask.signal });
}

/** Writes the fixed set down: a monitor begins with it. `chosen`: the choice in one sentence. */
export async function writeOperation(
  ask: Ask,
  order: CreateOperation,
  choice: Choice,
  chosen: string,
): Promise<Operation> {
  const { filter, action: what, reason, options } = order;
  const { ids, ...without } = filter;
  const { confirmCount: _, ...kept } = options;
  const id = randomUUID();
  await ask.store.transaction((client) =>
    insertOperation(client, {
      id,
      source: filter.source,
      queue: filter.queue,
      action: what,
      filter: without,
      idsGiven: ids?.length ?? null,
      chosen,
      reason,
      by: ask.actor.name,
      options: kept,
      groups: choice.groups,
    }),
  );
  return present(ask, await readOperation(ask.store, id));
}

/** Throws nothing_matches, and confirm_count where the sum must be confirmed and is not. */
export function checkCount(choices: readonly Choice[], confirmed: number | undefined): void {
  const eligible = choices.reduce((sum, one) => sum + one.eligible, 0);
  const matching = choices.reduce((sum, one) => sum + one.matching, 0);
  const exact = choices.every((one) => one.exact);
  if (eligible === 0)
    throw new CodedError(
      'nothing_matches',
      matching === 0 ? 'No job fits the filter.' : `None of the ${matching} jobs that fit can be changed so.`,
      { count: 0 },
    );
  if (!exact)
    throw new CodedError('validation_failed', 'Looking through the queue took more than a minute: narrow the filter.');
  if (eligible <= CONFIRM_ABOVE || confirmed === eligible) return;
  const now = eligible.toLocaleString('en-GB');
  const said = confirmed === undefined ? '' : `; ${confirmed.toLocaleString('en-GB')} was confirmed`;
  throw new CodedError(
    'confirm_count',
    `${now} jobs would be changed${said}. Send options.confirmCount: ${eligible}.`,
    {
      count: eligible,
    },
  );
}

const onlyRetries = () =>
  new CodedError('validation_failed', 'options.phases: only retries can be phased.', {
    errors: [{ path: 'options.phases', message: 'only retries can be phased' }],
  });
