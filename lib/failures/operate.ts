import { CodedError } from '@/lib/contracts/errors';
import type { GroupAction } from '@/lib/contracts/failures';
import type { JobState } from '@/lib/contracts/states';
import { findGroup } from '@/lib/failures/find-group';
import { createAcross } from '@/lib/operations/create-across';
import { STATE_CODES } from '@/lib/store/history/states';
import { readName, storedText } from '@/lib/store/stored-name';
import { inTurn } from '@/lib/turns';
import { action } from '@/lib/verbs';

const MOST_JOBS = 1_000_000;

/** `retry` and `remove` are about jobs that failed for good, `cancel` about those that wait to be tried again. */
const STATES: Record<GroupAction['action'], JobState[]> = {
  retry: ['failed'],
  remove: ['failed'],
  cancel: ['delayed', 'waiting', 'prioritized'],
};

/** The jobs of a group as the record knows them, one operation for each queue; a job that has changed since is skipped by it. */
export const operateOnFailure = action(
  'failure.operate',
  async (ask, { group, body }) => {
    const row = await findGroup(ask, group);
    const states = STATES[body.action];
    const rows = await inTurn(ask, 'search', (reader) =>
      reader.query<{ queue: string; raw_queue: string | null; ids: string[]; raw_ids: string[] | null }>(
        `SELECT q.queue, q.raw_queue, array_agg(DISTINCT j.id) FILTER (WHERE raw_id IS NULL) AS ids, array_agg(DISTINCT raw_id) FILTER (WHERE raw_id IS NOT NULL) AS raw_ids FROM (
           SELECT queue_id, id, raw_id FROM queuedeck.job WHERE group_id = ANY($1::int[]) AND state = ANY($2::smallint[]) AND (flags & 1) = 0 LIMIT ${MOST_JOBS}
         ) j JOIN queuedeck.scope q ON q.id = j.queue_id WHERE ($3::text IS NULL OR q.queue = $3) GROUP BY q.queue, q.raw_queue ORDER BY q.queue`,
        [
          row.members,
          states.map((state) => STATE_CODES[state]),
          body.queue === undefined ? null : storedText(body.queue),
        ],
      ),
    );
    const jobs = rows.map(({ queue, raw_queue, ids, raw_ids }) => ({
      queue: readName(queue, raw_queue),
      ids: [...(ids ?? []), ...(raw_ids ?? []).map((raw) => readName('', raw))],
    }));
    if (jobs.length === 0)
      throw new CodedError('nothing_matches', 'No job of this group is in such a state any more.', { count: 0 });
    const order = { source: row.source, kind: body.action, states, chosen: `jobs of the failure "${row.title}"` };
    return createAcross(ask, { ...order, reason: body.reason, options: body.options }, jobs);
  },
  ({ group, body }, output) => ({
    group,
    kind: body.action,
    reason: body.reason,
    ...(output !== null && 'operations' in output ? { operations: output.operations.map(({ id }) => id) } : {}),
  }),
);
