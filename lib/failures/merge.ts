import type pg from 'pg';
import { CodedError } from '@/lib/contracts/errors';
import { findGroup } from '@/lib/failures/find-group';
import { presentOne } from '@/lib/failures/present-one';
import { changeGroups } from '@/lib/store/failures/lock-groups';
import { mergeGroups, splitGroups } from '@/lib/store/failures/merge-groups';
import { action } from '@/lib/verbs';

/** In our record alone: figures, jobs and what comes are those of all; each is still counted by itself. */
export const mergeFailures = action(
  'failure.merge',
  async (ask, { group, body }) => {
    const { source } = await findGroup(ask, group);
    await changeGroups(ask.store, source, async (client) => {
      const into = (await headsOf(client, source, [group]))[0] as number;
      const groups = [...new Set(await headsOf(client, source, body.groups))];
      if (groups.includes(into))
        throw new CodedError(
          'group_state',
          `A group cannot be merged into itself: ${into} is one of those, or has one of them in it already.`,
        );
      await mergeGroups(client, { source, into, groups, by: ask.actor.name });
    });
    return presentOne(ask, group);
  },
  ({ group, body }) => ({ group, groups: body.groups }),
);

/** The reverse of a merge: each part is a group of its own again, with its own figures. */
export const splitFailure = action(
  'failure.split',
  async (ask, { group, body }) => {
    const { source } = await findGroup(ask, group);
    await changeGroups(ask.store, source, async (client) => {
      const head = (await headsOf(client, source, [group]))[0] as number;
      const heads = await headsOf(client, source, body.groups);
      const other = body.groups.find((id, i) => id === head || heads[i] !== head);
      if (other !== undefined)
        throw new CodedError(
          'group_state',
          `The group ${other} is not merged into ${head}: somebody may have split it off already.`,
        );
      await splitGroups(client, head, body.groups);
    });
    return presentOne(ask, group);
  },
  ({ group, body }) => ({ group, groups: body.groups }),
);

/** The head of each, in their order; throws when one is not there, or is of another source. */
async function headsOf(client: pg.PoolClient, source: string, ids: readonly number[]): Promise<number[]> {
  const { rows } = await client.query<{ id: number; head: number; source: string }>(
    'SELECT id, head, source FROM queuedeck.failure_group WHERE id = ANY($1::int[])',
    [ids],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = found.get(id);
    if (!row) throw new CodedError('group_not_found', `No group of failures has the number ${id}.`);
    if (row.source !== source)
      throw new CodedError('validation_failed', `groups: ${id} is a group of ${row.source}, not of ${source}.`, {
        errors: [{ path: 'groups', message: `all must be of the source ${source}` }],
      });
    return row.head;
  });
}
