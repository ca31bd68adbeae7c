import * as z from 'zod';
import type { BrokerFlow, FlowPlace, FlowSpot } from '@/lib/backends/flows';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { FlowRoot } from '@/lib/contracts/flows';
import { JOB_STATES, type JobState } from '@/lib/contracts/states';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { toIso } from '@/lib/iso-time';
import { chooseSources } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** A page looks on for flows at most so often, and so long. */
const ROUNDS = 6;
const BUDGET_MS = 1_500;

/** Order of the list: newest first, then source, and within it the backend's own order. */
interface Spot extends FlowSpot {
  source: string;
}

/** Where a page begins: at a phase's beginning, or after a spot in it. */
interface Place {
  phase: number;
  spot: Spot | null;
}

/** The newest of all that ended would hide a flow that began before them, so what goes on comes first. */
const PHASES: readonly (readonly JobState[])[] = [
  ['waiting-children', 'waiting', 'prioritized', 'delayed', 'active'],
  ['failed', 'completed'],
];

interface Found {
  source: string;
  flow: BrokerFlow;
}

interface Missing {
  source: string;
  error: CodedError;
}

interface Round {
  found: Found[];
  searched: number;
  next: Spot | null;
  missing: Missing[];
}

export const listFlows = query('flow.list', async (ask, { source, state, cursor, limit }) => {
  const entries = chooseSources(ask.sources, source).filter(({ backend }) => backend.flows);
  const phases = state === undefined ? PHASES : [[state]];
  const found: Found[] = [];
  let searched = 0;
  const missing = new Map<string, CodedError>();
  let place: Place | null = readPlace(cursor);
  const deadline = Date.now() + BUDGET_MS;
  for (let rounds = 0; rounds < ROUNDS && found.length < limit && Date.now() < deadline; rounds++) {
    const { phase, spot }: Place = place;
    const round = await search(entries, phases[phase] ?? [], spot, limit - found.length);
    found.push(...round.found);
    searched += round.searched;
    for (const one of round.missing) missing.set(one.source, one.error);
    place = round.next ? { phase, spot: round.next } : { phase: phase + 1, spot: null };
    if (place.phase < phases.length) continue;
    place = null;
    break;
  }
  const [away] = missing.values();
  if (away && missing.size === entries.length) throw away;
  return {
    items: found.map(toRoot),
    nextCursor: encodePlace(place),
    searched,
    limits: entries[0]?.backend.flows?.limits ?? null,
    missing: [...missing].map(([name, error]) => ({ source: name, reason: error.detail })),
  };
});

/** One step in every source; what all of them have come to, and no further. */
async function search(
  entries: SourceEntry[],
  states: readonly JobState[],
  place: Spot | null,
  limit: number,
): Promise<Round> {
  const reads = await Promise.allSettled(
    entries.map(({ config, backend }) => backend.flows?.search(states, placeIn(config.name, place), limit)),
  );
  const found: Found[] = [];
  const ends: Spot[] = [];
  const missing: Missing[] = [];
  let searched = 0;
  for (const [i, read] of reads.entries()) {
    const source = entries[i]?.config.name ?? '';
    if (read.status === 'rejected') {
      if (!(read.reason instanceof CodedError)) throw read.reason;
      missing.push({ source, error: read.reason });
    } else if (read.value) {
      found.push(...read.value.flows.map((flow) => ({ source, flow })));
      searched += read.value.searched;
      if (read.value.reached) ends.push({ source, ...read.value.reached });
    }
  }
  // Stable: within one source and moment the backend's own order stays.
  found.sort((a, b) => b.flow.spot.atMs - a.flow.spot.atMs || compare(a.source, b.source));
  ends.sort((a, b) => b.atMs - a.atMs || compare(a.source, b.source));
  const end = ends[0] ?? null;
  const known = end === null ? found : found.filter((one) => isWithin(one, end));
  const shown = known.slice(0, limit);
  const last = shown.at(-1);
  const next = known.length > limit && last ? { source: last.source, ...last.flow.spot } : end;
  return { found: shown, searched, next, missing };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const isWithin = ({ source, flow: { spot } }: Found, end: Spot) =>
  spot.atMs > end.atMs || (spot.atMs === end.atMs && source <= end.source);

function placeIn(source: string, place: Spot | null): FlowPlace | null {
  if (place === null) return null;
  if (source === place.source) return { atMs: place.atMs, after: place };
  return { atMs: place.atMs, after: source < place.source ? 'all' : 'none' };
}

function toRoot({ source, flow: { spot, row, children } }: Found): FlowRoot {
  return { source, queue: spot.queue, ...row, at: toIso(spot.atMs) ?? row.addedAt, children };
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
]);

function readPlace(cursor: string | undefined): Place {
  const position = readCursor(cursor, Position);
  if (position === null || !('n' in position)) return { phase: position?.p ?? 0, spot: null };
  const { p, n, s, q, t, i } = position;
  return { phase: p, spot: { atMs: n, source: s, queue: q, state: t, id: i } };
}
