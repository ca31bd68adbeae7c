import type { BrokerFlow, FlowPlace, FlowSpot } from '@/lib/backends/flows';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { FlowRoot } from '@/lib/contracts/flows';
import { JOB_STATES, type JobState } from '@/lib/contracts/states';
import { decodeCursor, encodeCursor } from '@/lib/cursor';
import { chooseSources } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

/** A page looks on for flows at most so often, and so long. */
const ROUNDS = 6;
const BUDGET_MS = 1_500;

/** Order of the list: newest first, then source, and within it the backend's own order. */
interface Spot extends FlowSpot {
  source: string;
}

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
  const states = state === undefined ? JOB_STATES : [state];
  const found: Found[] = [];
  let searched = 0;
  let missing: Missing[] = [];
  let place = readSpot(cursor);
  const deadline = Date.now() + BUDGET_MS;
  for (let rounds = 0; rounds < ROUNDS && found.length < limit && Date.now() < deadline; rounds++) {
    const round = await search(entries, states, place, limit - found.length);
    found.push(...round.found);
    searched += round.searched;
    missing = round.missing;
    place = round.next;
    if (place === null) break;
  }
  if (entries.length > 0 && missing.length === entries.length && missing[0]) throw missing[0].error;
  return {
    items: found.map(toRoot),
    nextCursor: place && encodeCursor({ n: place.atMs, s: place.source, q: place.queue, t: place.state, i: place.id }),
    searched,
    limits: entries[0]?.backend.flows?.limits ?? null,
    missing: missing.map((one) => ({ source: one.source, reason: one.error.detail })),
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
  return { source, queue: spot.queue, ...row, at: new Date(spot.atMs).toISOString(), children };
}

function readSpot(cursor: string | undefined): Spot | null {
  const position = decodeCursor(cursor);
  if (position === null) return null;
  const { n, s, q, t, i } = position;
  const state = JOB_STATES.find((one) => one === t);
  if (typeof n === 'number' && typeof s === 'string' && typeof q === 'string' && typeof i === 'string' && state)
    return { atMs: n, source: s, queue: q, state, id: i };
  throw new CodedError('validation_failed', 'cursor: belongs to another list.', {
    errors: [{ path: 'cursor', message: 'belongs to another list' }],
  });
}
