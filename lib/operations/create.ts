import { randomUUID } from 'node:crypto';
import { CodedError } from '@/lib/contracts/errors';
import { CONFIRM_ABOVE } from '@/lib/contracts/operations';
import { findSource, requireQueue } from '@/lib/sources/find';
import { action } from '@/lib/verbs';
import { type Choice, chooseJobs } from './choose-jobs';
import { describeFilter } from './describe-filter';
import { insertOperation } from './ledger';
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
    const { filter, action: what, reason, options } = body;
    const entry = findSource(ask.sources, filter.source);
    await requireQueue(entry, filter.queue);
    const bulk = requireBulk(entry, filter, what);
    if (options.phases && what.kind !== 'retry' && what.kind !== 'edit-and-retry') throw onlyRetries();
    const choice = await chooseJobs(bulk, filter, what.kind, { ms: SEARCH_MS, signal: ask.signal });
    checkCount(choice, options.confirmCount);
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
        chosen: describeFilter(filter),
        reason,
        by: ask.actor.name,
        options: kept,
        groups: choice.groups,
      }),
    );
    return present(ask, await readOperation(ask.store, id));
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

function checkCount({ eligible, exact, matching }: Choice, confirmed: number | undefined): void {
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
