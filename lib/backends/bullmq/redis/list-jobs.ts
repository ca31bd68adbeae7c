import type { BrokerRow, Position, Rows } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { JobState } from '@/lib/contracts/states';
import type { RedisLink } from './link';
import { LIST_LIST, LIST_ZSET } from './scripts/list';
import { readLeftOut, toRawRow } from './scripts/row';
import { toRow } from './to-row';

/** Newest first where jobs have ended; else in the order in which they run. */
const ZSETS: Partial<Record<JobState, 'asc' | 'desc'>> = {
  completed: 'desc',
  failed: 'desc',
  delayed: 'asc',
  prioritized: 'asc',
  'waiting-children': 'asc',
};

export function listJobs(
  link: RedisLink,
  queue: string,
  state: JobState,
  position: Position | null,
  limit: number,
): Promise<Rows<BrokerRow>> {
  const order = ZSETS[state];
  return link.call(() =>
    order ? listSorted(link, queue, state, order, position, limit) : listQueued(link, queue, state, position, limit),
  );
}

async function listSorted(
  link: RedisLink,
  queue: string,
  state: JobState,
  order: 'asc' | 'desc',
  position: Position | null,
  limit: number,
): Promise<Rows<BrokerRow>> {
  const base = link.base(queue);
  if (position !== null && !isSortedPosition(position)) throw foreignCursor();
  const after = [String(position?.score ?? ''), String(position?.id ?? '')];
  const reply = (await link.script(LIST_ZSET, [base + state], [base, state, order, limit, ...after])) as unknown[];
  const [more, id, score, odd, ...rows] = reply;
  return {
    items: rows.map((one) => toRow(toRawRow(one), state)),
    next: more === 1 ? { score: String(score), id: String(id) } : null,
    leftOut: readLeftOut(odd),
  };
}

async function listQueued(
  link: RedisLink,
  queue: string,
  state: JobState,
  position: Position | null,
  limit: number,
): Promise<Rows<BrokerRow>> {
  const base = link.base(queue);
  const keys = state === 'active' ? [`${base}active`] : [`${base}wait`, `${base}paused`];
  if (position !== null && typeof position.index !== 'number') throw foreignCursor();
  const list = position?.list === 2 && keys.length === 2 ? 2 : 1;
  const index = Math.max(0, Math.trunc(Number(position?.index ?? 0)) || 0);
  const hints = [list, index, String(position?.id ?? ''), String(position?.last ?? '')];
  const reply = (await link.script(LIST_LIST, keys, [base, state, limit, ...hints])) as unknown[];
  const [nextList, nextIndex, id, last, odd, ...rows] = reply;
  return {
    items: rows.map((one) => toRow(toRawRow(one), state)),
    next:
      nextList === 0 ? null : { list: Number(nextList), index: Number(nextIndex), id: String(id), last: String(last) },
    leftOut: readLeftOut(odd),
  };
}

const isSortedPosition = ({ score, id }: Position): boolean =>
  id !== undefined && score !== undefined && score !== '' && Number.isFinite(Number(score));

/** A cursor of another list, or a forged one: Redis would refuse the score with an error of its own. */
const foreignCursor = () =>
  new CodedError('validation_failed', 'cursor: belongs to another list.', {
    errors: [{ path: 'cursor', message: 'belongs to another list' }],
  });
