import * as z from 'zod';
import type { BrokerRow, Position, Rows } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { At, readPosition } from '@/lib/cursor';
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

/** A score as Redis writes one; it takes no other as a bound. */
const SortedPlace = z.strictObject({
  score: z
    .string()
    .regex(/^-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?$/)
    .refine((text) => Number.isFinite(Number(text))),
  id: At.text,
});
const QueuedPlace = z.strictObject({
  list: z.union([z.literal(1), z.literal(2)]),
  index: At.count,
  id: At.text,
  last: At.text,
});

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
  const place = position && readPosition(position, SortedPlace);
  const after = [place?.score ?? '', place?.id ?? ''];
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
  const place = position && readPosition(position, QueuedPlace);
  const list = keys.length === 2 ? (place?.list ?? 1) : 1;
  const hints = [list, place?.index ?? 0, place?.id ?? '', place?.last ?? ''];
  const reply = (await link.script(LIST_LIST, keys, [base, state, limit, ...hints])) as unknown[];
  const [nextList, nextIndex, id, last, odd, ...rows] = reply;
  return {
    items: rows.map((one) => toRow(toRawRow(one), state)),
    next:
      nextList === 0 ? null : { list: Number(nextList), index: Number(nextIndex), id: String(id), last: String(last) },
    leftOut: readLeftOut(odd),
  };
}
