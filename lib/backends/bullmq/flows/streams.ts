import type { FlowPlace, FlowSpot } from '@/lib/backends/flows';
import type { JobState } from '@/lib/contracts/states';

/** One queue's jobs of one state, looked through for flows. */
export interface Stream {
  queue: string;
  state: JobState;
}

/** `roots` in the stream's order; `last` = the last job that was looked at, null when there are no more. */
export interface StreamFound extends Stream {
  searched: number;
  roots: { id: string; atMs: number }[];
  last: { id: string; atMs: number } | null;
}

/** Jobs that one step looks at in each stream. */
export const STREAM_STEP = 200;
/** States that brokers do not keep in the order of time: of each queue's only these first are looked at. */
export const HEAD_STATES: readonly JobState[] = ['waiting', 'prioritized', 'delayed', 'active'];
export const HEAD_STEP = 50;

export const LIMITS = `Of the jobs that wait, are delayed or run, the first ${HEAD_STEP} of each queue and state are looked at; flows whose jobs were removed when they ended are not found.`;

export const isHead = (state: JobState) => HEAD_STATES.includes(state);

/** How a stream takes part in a search: from its jobs of that very moment on, from those before it, or after one of its own jobs. */
export function modeOf(
  from: FlowPlace | null,
  { queue, state }: Stream,
): [mode: 'from' | 'beyond' | 'after', id: string] {
  if (from === null || from.after === 'none') return ['from', ''];
  if (from.after === 'all') return ['beyond', ''];
  const order = compareStreams({ queue, state }, from.after);
  if (order === 0) return ['after', from.after.id];
  return [order < 0 ? 'beyond' : 'from', ''];
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const compareStreams = (a: Stream, b: Stream) => compare(a.queue, b.queue) || compare(a.state, b.state);

/** All streams' roots in order, as far as every stream has been looked through. */
export function mergeStreams(
  streams: StreamFound[],
  from: FlowPlace | null,
  limit: number,
): { spots: FlowSpot[]; searched: number; reached: FlowSpot | null } {
  const spots = streams.flatMap((stream) => spotsOf(stream, from));
  // Stable: within one stream and moment the broker's own order stays.
  spots.sort((a, b) => b.atMs - a.atMs || compareStreams(a, b));
  const ends = streams.flatMap(({ queue, state, last }) => (last ? [{ queue, state, ...last }] : []));
  ends.sort((a, b) => b.atMs - a.atMs || compareStreams(a, b));
  const searched = streams.reduce((sum, stream) => sum + stream.searched, 0);
  const end = ends[0] ?? null;
  const known = end === null ? spots : spots.filter((spot) => isWithin(spot, end));
  if (known.length <= limit) return { spots: known, searched, reached: end };
  const shown = known.slice(0, limit);
  return { spots: shown, searched, reached: shown.at(-1) ?? null };
}

const isWithin = (spot: FlowSpot, end: FlowSpot) =>
  spot.atMs > end.atMs || (spot.atMs === end.atMs && compareStreams(spot, end) <= 0);

/** Of a head the whole was read: what lies before the place is left out here. Its jobs of one moment are in the order of their ids. */
function spotsOf({ queue, state, roots }: StreamFound, from: FlowPlace | null): FlowSpot[] {
  const spots = roots.map((root) => ({ queue, state, ...root }));
  if (!isHead(state)) return spots;
  spots.sort((a, b) => b.atMs - a.atMs || compare(a.id, b.id));
  if (from === null) return spots;
  const [mode, id] = modeOf(from, { queue, state });
  return spots.filter(
    ({ atMs, id: own }) =>
      atMs < from.atMs || (atMs === from.atMs && (mode === 'from' || (mode === 'after' && own > id))),
  );
}
