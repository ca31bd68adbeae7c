import { RANGES, type RangeName } from '@/lib/contracts/metric-names';

/** What the address says of the time: `?range=24h`, or `from` and `to` of a stretch that was chosen. */
export interface Range {
  name: RangeName | null;
  /** Back from now, where `from` is null. */
  rangeMs: number;
  from: string | null;
  to: string | null;
}

export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];
export const DEFAULT_RANGE: RangeName = '1h';

const isRange = (name: string | null): name is RangeName => name !== null && Object.hasOwn(RANGES, name);
const isTime = (text: string | null): text is string => text !== null && !Number.isNaN(Date.parse(text));

/** `otherwise`: where the address says nothing. */
export function readRange(params: URLSearchParams, otherwise: RangeName = DEFAULT_RANGE): Range {
  const range = params.get('range');
  const [from, to] = [params.get('from'), params.get('to')];
  const name = isRange(range) ? range : otherwise;
  if (isTime(from) && isTime(to) && Date.parse(from) < Date.parse(to))
    return {
      name: null,
      rangeMs: Date.parse(to) - Date.parse(from),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    };
  return { name, rangeMs: RANGES[name], from: null, to: null };
}

/** For a query's key: the same while the same period is asked for. */
export const rangeKey = ({ name, from, to }: Range): string => name ?? `${from}–${to}`;

/** The bounds of a question asked now. */
export const rangeBounds = ({ rangeMs, from, to }: Range, nowMs: number): { from: string; to?: string } =>
  from !== null && to !== null ? { from, to } : { from: new Date(nowMs - rangeMs).toISOString() };

/** How often it is worth asking again, ms; a period that is over never changes. */
export const rangeRefresh = ({ rangeMs, to }: Range): number | false =>
  to !== null ? false : rangeMs <= 3_600_000 ? 5_000 : 30_000;
