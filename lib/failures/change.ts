import { CodedError } from '@/lib/contracts/errors';
import type { FailureGroup } from '@/lib/contracts/failures';
import { findGroup } from '@/lib/failures/find-group';
import { presentOne } from '@/lib/failures/present-one';
import { type Ask, action } from '@/lib/verbs';

const DAY_MS = 86_400_000;
const MOST_MUTE_MS = 366 * DAY_MS;

/** Until a time, or until so many failures more than there are now. */
export const muteFailure = action(
  'failure.mute',
  async (ask, { group, body }) => {
    const row = await findGroup(ask, group);
    const until = body.until === undefined ? null : new Date(body.until);
    if (until && (until.getTime() <= Date.now() || until.getTime() > Date.now() + MOST_MUTE_MS))
      throw new CodedError('validation_failed', 'until: must be ahead of now, and at most a year.', {
        errors: [{ path: 'until', message: 'must be ahead of now, and at most a year' }],
      });
    const above = body.failures === undefined ? null : Number(row.total) + body.failures;
    return change(ask, group, "state = 'muted', muted_until = $2, muted_above = $3, note = coalesce($4, note)", [
      until,
      above,
      body.note ?? null,
    ]);
  },
  ({ group, body }) => ({ group, until: body.until, failures: body.failures }),
);

export const resolveFailure = action(
  'failure.resolve',
  (ask, { group }) =>
    change(
      ask,
      group,
      "state = 'resolved', resolved_at = now(), regressed_at = NULL, muted_until = NULL, muted_above = NULL",
      [],
    ),
  ({ group }) => ({ group }),
);

export const reopenFailure = action(
  'failure.reopen',
  (ask, { group }) =>
    change(ask, group, "state = 'open', muted_until = NULL, muted_above = NULL, resolved_at = NULL", []),
  ({ group }) => ({ group }),
);

/** An empty note takes it away. */
export const noteFailure = action(
  'failure.note',
  (ask, { group, body }) => change(ask, group, "note = nullif($2, '')", [body.note]),
  ({ group }) => ({ group }),
);

async function change(ask: Ask, group: number, set: string, values: unknown[]): Promise<FailureGroup> {
  const { id } = await findGroup(ask, group);
  await ask.store.query(
    `UPDATE queuedeck.failure_group SET ${set}, by = $${values.length + 2}, changed_at = now() WHERE id = $1`,
    [id, ...values, ask.actor.name],
  );
  return presentOne(ask, id);
}
