import { BOUNDS, FIELDS, type FieldKind, type FieldName, QueryFault, type Value } from './ast';
import type { Part } from './tokens';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
export const STATES = [
  'waiting',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
  'removed',
  'unseen',
] as const;

/** A hundred years: what lies further back than that no clock here can tell. */
const LONGEST_MS = 36_525 * UNITS.d;
const FIRST_YEAR = 1970;

/** `1.5h` → ms; null when it is none, or longer than 36,525 days. A number alone is milliseconds. */
export function readDuration(text: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d|w)?$/.exec(text);
  const ms = match ? Number(match[1]) * UNITS[(match[2] ?? 'ms') as keyof typeof UNITS] : Number.NaN;
  return ms <= LONGEST_MS ? ms : null;
}

export interface Moment {
  fromMs: number;
  /** The first ms that is no longer in it: of a day the next day's. */
  toMs: number;
}

/** A day, a minute or a second, in the zone that `offsetMinutes` tells (east is positive); or with a zone of its own. Null = none. */
export function readMoment(text: string, offsetMinutes: number): Moment | null {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ]?(?:(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Number((fraction ?? '0').padEnd(3, '0')),
  );
  const date = new Date(at);
  if (Number(year) < FIRST_YEAR || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    return null;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return null;
  const width = fraction ? 1 : second ? 1_000 : hour ? 60_000 : 86_400_000;
  const fromMs = at - zoneMinutes(zone, offsetMinutes) * 60_000;
  return { fromMs, toMs: fromMs + width };
}

function zoneMinutes(zone: string | undefined, otherwise: number): number {
  if (zone === undefined) return otherwise;
  if (zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
}

/** A value of a field, or a fault that says what the field takes. */
export function readValue(field: FieldName, path: string | null, part: Part): Value {
  const { kind } = FIELDS[field];
  if (part.text.length > BOUNDS.valueChars)
    throw new QueryFault(`expected at most ${BOUNDS.valueChars} characters`, part.at);
  if (part.text === '' && !part.quoted) throw new QueryFault(`expected ${expected(kind)} after "${field}:"`, part.at);
  if (kind === 'text' || kind === 'data') return { op: 'is', text: part.text, quoted: part.quoted || path !== null };
  if (part.quoted && kind !== 'time') throw new QueryFault(`expected ${expected(kind)}`, part.at);
  const value = readBounds(part);
  for (const text of value.op === '..' ? [value.from, value.to] : [value.text])
    if (text !== '' && !isOf(kind, text, value.op)) throw new QueryFault(`expected ${expected(kind)}`, part.at);
  if (value.op === '..' && value.from === '' && value.to === '')
    throw new QueryFault(`expected ${expected(kind)}`, part.at);
  return value;
}

function readBounds({ text, quoted }: Part): Value {
  const compared = /^(<=|>=|<|>)([\s\S]*)$/.exec(text);
  if (compared) return { op: compared[1] as '<', text: compared[2] ?? '' };
  const at = text.indexOf('..');
  if (at >= 0) return { op: '..', from: text.slice(0, at), to: text.slice(at + 2) };
  return { op: 'is', text, quoted };
}

function isOf(kind: FieldKind, text: string, op: Value['op']): boolean {
  switch (kind) {
    case 'state':
      return op === 'is' && (STATES as readonly string[]).includes(text);
    case 'flag':
      return op === 'is' && /^(yes|no)$/.test(text);
    case 'number':
      return /^\d{1,15}$/.test(text);
    case 'duration':
      return readDuration(text) !== null;
    case 'time':
      return readMoment(text, 0) !== null || (op !== 'is' && /[a-z]$/.test(text) && readDuration(text) !== null);
    default:
      return true;
  }
}

function expected(kind: FieldKind): string {
  switch (kind) {
    case 'state':
      return `one of ${STATES.join(', ')}`;
    case 'flag':
      return 'yes or no';
    case 'number':
      return 'a number, as 3, >3 or 2..5';
    case 'duration':
      return 'a duration, as >30s, <5m or 1s..10s, of at most 36525d';
    case 'time':
      return 'a time, as <1h (less than an hour ago, at most 36525d), 2026-11-22 or 2026-11-21..2026-11-22T18:00 (1970–9999)';
    default:
      return 'a value';
  }
}
