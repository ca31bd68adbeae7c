import type { SourceConfig } from '@/lib/env';
import { postgresControl } from '../../control/postgres';
import type { Beat } from '../../control/protocol';
import { openPostgresConnection, type Query } from '../../postgres/connection';
import { ORDERS } from '../../postgres/rows';
import { listWorkerSessions, SHOWN_NAME_BYTES, shownNames } from '../../postgres/workers';
import { OUR_MARK } from '../our-mark';
import { isAlive, isOurs, othersOn } from './others';
import {
  asOddity,
  distinctNames,
  LOOKED_AT,
  type Looker,
  type QueueWish,
  UNKNOWN_TOLD,
  type UnknownName,
} from './shape';

export function lookPostgres(source: SourceConfig): Looker {
  const connection = openPostgresConnection(source, 1);
  const { query } = connection;
  const control = postgresControl(connection.bare, source.schema);
  return {
    look: async (wishes) => {
      const beats = await connection.run(() => control.readBeats());
      const queues = wishes.map(({ queue }) => queue);
      const sessions = await listWorkerSessions(query, queues, ourSessions(wishes, beats));
      const looks = [];
      // One connection: one after the other.
      for (const wish of wishes) {
        const others = othersOn(wish.queue, beats, sessions);
        const unknown = await readUnknown(query, wish).catch(asOddity);
        looks.push(unknown instanceof Error ? unknown : { others, unknown });
      }
      return looks;
    },
    close: () => connection.close(),
  };
}

/**
 * Tells our own sessions by their names. The server cuts names: where the mark is lost behind a long queue, as many sessions are ours
 * as processes of ours beat for that queue.
 */
function ourSessions(wishes: readonly QueueWish[], beats: readonly Beat[]): (shown: string) => boolean {
  const whole: string[] = [];
  const cut = new Map<string, number>();
  for (const { queue, workedOn } of wishes) {
    const beating = beats.filter((beat) => isOurs(beat) && isAlive(beat) && beat.queues.includes(queue)).length;
    for (const name of new Set(shownNames(`${queue}:w:${OUR_MARK}`)))
      if (name.length < SHOWN_NAME_BYTES) whole.push(name);
      else cut.set(name, Math.max(beating, workedOn ? 1 : 0));
  }
  return (shown) => {
    if (whole.some((name) => shown.startsWith(name))) return true;
    const left = cut.get(shown) ?? 0;
    cut.set(shown, left - 1);
    return left > 0;
  };
}

/** The orders in which jobs are listed, each from both ends: an index serves all of them but that of the few active ones. */
const BOTH_ENDS = Object.values(ORDERS).flatMap(({ where, keys }) =>
  ['ASC', 'DESC'].map((direction) => {
    const order = keys.map(({ column }) => `${column} ${direction}`).join(', ');
    return `(SELECT name, id FROM job WHERE queue = $1 AND ${where} ORDER BY ${order} LIMIT ${LOOKED_AT})`;
  }),
);
const UNKNOWN_JOBS = `SELECT DISTINCT ON (name) name, id FROM (${BOTH_ENDS.join(' UNION ALL ')}) AS looked_at
  WHERE name <> ALL ($2::text[]) LIMIT ${UNKNOWN_TOLD}`;
const UNKNOWN_SCHEDULERS = `SELECT coalesce(name, '') AS name, scheduler_id AS id FROM scheduler
  WHERE queue = $1 AND coalesce(name, '') <> ALL ($2::text[]) LIMIT ${UNKNOWN_TOLD}`;

async function readUnknown(query: Query, { queue, names }: QueueWish): Promise<UnknownName[]> {
  const jobs = await query<{ name: string; id: string }>(UNKNOWN_JOBS, [queue, names]);
  const schedulers = await query<{ name: string; id: string }>(UNKNOWN_SCHEDULERS, [queue, names]);
  return distinctNames([
    ...jobs.map((one) => ({ ...one, of: 'job' as const })),
    ...schedulers.map((one) => ({ ...one, of: 'scheduler' as const })),
  ]);
}
