import type { FilterInput } from '@/lib/client/operations';
import type { JobState } from '@/lib/contracts/states';

/** The list's filter as the address holds it: `?name=&error=&since=1h&until=`. Empty strings: no condition. */
export interface ListFilter {
  name: string;
  error: string;
  /** A span back from now (`15m`, `1h`, …), or a time. */
  since: string;
  until: string;
}

export const SPANS: { value: string; label: string; ms: number }[] = [
  { value: '15m', label: 'last 15 min', ms: 15 * 60_000 },
  { value: '1h', label: 'last hour', ms: 3_600_000 },
  { value: '24h', label: 'last 24 h', ms: 24 * 3_600_000 },
  { value: '7d', label: 'last 7 days', ms: 7 * 24 * 3_600_000 },
];

export const NO_FILTER: ListFilter = { name: '', error: '', since: '', until: '' };
const MOST_NAMES = 50;

export function readListFilter(params: URLSearchParams): ListFilter {
  return {
    name: params.get('name') ?? '',
    error: params.get('error') ?? '',
    since: params.get('since') ?? '',
    until: params.get('until') ?? '',
  };
}

export const hasFilter = ({ name, error, since, until }: ListFilter) => Boolean(name || error || since || until);

/** Part of a list's key: '' without a filter. */
export const filterKey = (filter: ListFilter) =>
  hasFilter(filter) ? JSON.stringify([filter.name, filter.error, filter.since, filter.until]) : '';

/** The query of `job.list`. */
export function toListQuery(given: ListFilter, nowMs: number) {
  const names = splitNames(given.name);
  return {
    name: names.length > 0 ? names.join(',') : undefined,
    error: given.error.trim().slice(0, 200) || undefined,
    from: toIso(given.since, nowMs) ?? undefined,
    to: toIso(given.until, nowMs) ?? undefined,
  };
}

/** Ended jobs are chosen by when they ended, others by when they were added. */
export const timeFieldOf = (state: JobState) => (state === 'failed' || state === 'completed' ? 'finished' : 'added');

/** The address's filter as the server takes it. Spans become times at `nowMs`. */
export function toFilter(
  of: { source: string; queue: string; state: JobState },
  given: ListFilter,
  nowMs: number,
): FilterInput {
  const names = splitNames(given.name);
  const from = toIso(given.since, nowMs);
  const to = toIso(given.until, nowMs);
  return {
    source: of.source,
    queue: of.queue,
    states: [of.state],
    ...(names.length > 0 ? { names } : {}),
    ...(given.error.trim() ? { error: given.error.trim().slice(0, 200) } : {}),
    ...(from || to ? { timeField: timeFieldOf(of.state) } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/** Names, separated by commas. */
function splitNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names.filter(Boolean))].slice(0, MOST_NAMES);
}

function toIso(text: string, nowMs: number): string | null {
  const span = SPANS.find(({ value }) => value === text);
  if (span) return new Date(nowMs - span.ms).toISOString();
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : new Date(atMs).toISOString();
}
