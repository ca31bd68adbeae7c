import type { BrokerFlow, FlowPlace, FlowSpot } from '@/lib/backends/flows';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { JobState } from '@/lib/contracts/states';

/** A page looks on for flows at most so often, and so long. */
const ROUNDS = 6;
const BUDGET_MS = 1_500;

/** Order of the list: newest first, then source, and within it the backend's own order. */
export interface Spot extends FlowSpot {
  source: string;
}

/** Where a page begins: at a phase's beginning, or after a spot in it. */
export interface Place {
  phase: number;
  spot: Spot | null;
}

export interface Found {
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

export interface Searched {
  found: Found[];
  searched: number;
  /** Null: all was looked at. */
  next: Place | null;
  missing: Map<string, CodedError>;
}

/** Looks through jobs for flows, phase by phase, for about a second. `keep`: which of them are wanted. Throws when no source answers. */
export async function searchFlows(
  entries: SourceEntry[],
  phases: readonly (readonly JobState[])[],
  from: Place,
  limit: number,
  keep: (flow: BrokerFlow) => boolean = () => true,
): Promise<Searched> {
  const found: Found[] = [];
  const missing = new Map<string, CodedError>();
  let searched = 0;
  let place: Place | null = from;
  const deadline = Date.now() + BUDGET_MS;
  for (let rounds = 0; rounds < ROUNDS && found.length < limit && Date.now() < deadline; rounds++) {
    const at: Place = place;
    const { phase, spot } = at;
    const round: Round = await search(entries, phases[phase] ?? [], spot, limit - found.length);
    found.push(...round.found.filter(({ flow }) => keep(flow)));
    searched += round.searched;
    for (const one of round.missing) missing.set(one.source, one.error);
    place = round.next ? { phase, spot: round.next } : { phase: phase + 1, spot: null };
    if (place.phase < phases.length) continue;
    place = null;
    break;
  }
  const [away] = missing.values();
  if (away && missing.size === entries.length) throw away;
  return { found, searched, next: place, missing };
}

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
