import * as z from 'zod';
import type { BrokerFlow } from '@/lib/backends/flows';
import type { SourceEntry } from '@/lib/context';
import type { CodedError } from '@/lib/contracts/errors';
import type { FlowList, FlowRoot } from '@/lib/contracts/flows';
import { JOB_STATES, type JobState } from '@/lib/contracts/states';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { toIso } from '@/lib/iso-time';
import { chooseSources } from '@/lib/sources/find';
import { type Ask, query } from '@/lib/verbs';
import { countFailingFlows, listFailing } from './failing';
import { type Found, type Place, searchFlows } from './search';

/** The newest of all that ended would hide a flow that began before them, so what goes on comes first. */
const PHASES: readonly (readonly JobState[])[] = [
  ['waiting-children', 'waiting', 'prioritized', 'delayed', 'active'],
  ['failed', 'completed'],
];
/** Where a search is all there is: roots that failed, and those of which a child did. */
const FAILING: readonly (readonly JobState[])[] = [['failed', 'waiting-children']];
const BEGIN: Place = { phase: 0, spot: null };

export const listFlows = query('flow.list', async (ask, { source, state, cursor, limit }) => {
  const entries = chooseSources(ask.sources, source).filter(({ backend }) => backend.flows);
  const position = readCursor(cursor, Position);
  if (state === 'failed') return listFailed(ask, entries, position, limit);
  const phases = state === undefined ? PHASES : [[state]];
  const [{ found, searched, next, missing }, failing] = await Promise.all([
    searchFlows(entries, phases, toPlace(position), limit),
    countFailingFlows(ask, entries),
  ]);
  return {
    items: found.map(toRoot),
    nextCursor: encodePlace(next),
    searched,
    limits: limitsOf(entries),
    missing: toMissing(missing),
    failing,
    recorded: null,
  };
});

/** What the record knows first; then what a search finds in the sources for which it cannot answer. */
async function listFailed(
  ask: Ask,
  entries: SourceEntry[],
  position: z.infer<typeof Position> | null,
  limit: number,
): Promise<FlowList> {
  const from = position === null ? null : 'f' in position ? { failedMs: position.f, rootKey: position.r } : 'end';
  const { items, next, coverage, failing, missing } = await listFailing(ask, entries, from, limit);
  const recorded = coverage.map(({ source, sinceMs, unreadQueues }) => ({
    ...{ source, since: toIso(sinceMs), unreadQueues },
  }));
  const others = entries.filter(({ config }) => !coverage.some(({ source }) => source === config.name));
  const room = limit - items.length;
  const isSearched = next === null && others.length > 0 && room > 0;
  const found = isSearched ? await searchFlows(others, FAILING, toPlace(position), room, isFailing) : null;
  for (const [name, error] of found?.missing ?? []) missing.set(name, error);
  const [away] = missing.values();
  if (away && missing.size === entries.length) throw away;
  const rest = found ? encodePlace(found.next) : others.length > 0 ? encodePlace(BEGIN) : null;
  return {
    items: [...items, ...(found?.found ?? []).map(toRoot)],
    nextCursor: next ? encodeCursor({ f: next.failedMs, r: next.rootKey }) : rest,
    searched: found?.searched ?? 0,
    limits: others.length > 0 ? limitsOf(others) : null,
    missing: toMissing(missing),
    failing,
    recorded,
  };
}

const isFailing = ({ row, children }: BrokerFlow) => row.state === 'failed' || children.failed > 0;

const limitsOf = (entries: SourceEntry[]) => entries[0]?.backend.flows?.limits ?? null;

const toMissing = (missing: ReadonlyMap<string, CodedError>) =>
  [...missing].map(([name, error]) => ({ source: name, reason: error.detail }));

function toRoot({ source, flow: { spot, row, children } }: Found): FlowRoot {
  return { source, queue: spot.queue, ...row, at: toIso(spot.atMs) ?? row.addedAt, children, failed: null };
}

function encodePlace(place: Place | null): string | null {
  if (place === null) return null;
  const { phase: p, spot } = place;
  return encodeCursor(
    spot === null ? { p } : { p, n: spot.atMs, s: spot.source, q: spot.queue, t: spot.state, i: spot.id },
  );
}

const Phase = z
  .number()
  .int()
  .min(0)
  .max(PHASES.length - 1);
const Position = z.union([
  z.strictObject({ p: Phase }),
  z.strictObject({ p: Phase, n: At.score, s: At.text, q: At.text, t: z.enum(JOB_STATES), i: At.text }),
  /** Of flows that the record knows. */
  z.strictObject({ f: At.number, r: z.string().regex(/^[0-9a-f]{32}$/) }),
]);

function toPlace(position: z.infer<typeof Position> | null): Place {
  if (position === null || !('p' in position)) return BEGIN;
  if (!('n' in position)) return { phase: position.p, spot: null };
  const { p, n, s, q, t, i } = position;
  return { phase: p, spot: { atMs: n, source: s, queue: q, state: t, id: i } };
}
