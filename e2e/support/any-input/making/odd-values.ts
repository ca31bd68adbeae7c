import type { Random } from '../random';
import { RawJson } from './json-writer';

const NUL = '\u0000';

/** What text may be, and mostly is not. */
export const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  NUL,
  `a${NUL}b`,
  '\ud800',
  'x\udfff',
  '\udc00\ud800',
  '\u202egnp.exe',
  '\u2066a\u2069\u200b\u200d\ufeff',
  'שלום مرحبا',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '𝕒\u{10ffff}',
  '\u0085\u2028\u2029\r\n\t\u001b[31m',
  '\u{e0041}\u{e007f}\ufe0f',
  '%',
  '%zz%00%2f%c0%af',
  '../../etc/passwd',
  '..',
  '.',
  '/',
  '\\',
  'a:b:c',
  "' OR 1=1 --",
  '"; DROP TABLE x; --',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'true',
  '0',
  '-1',
  '1e308',
  'NaN',
  'Infinity',
  '9007199254740993',
  '99999999999999999999',
  '0x10',
  '1,2,3',
  '2026-11-22T13:44:02Z',
  '2026-11-22T13:44:02.123456789+05:30',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:60-23:59',
  '+275760-09-13T00:00:00.000Z',
  '999999-01-01T00:00:00Z',
  '2026-11-22 13:44',
  '<9999999999d',
  'started:<9999999999d',
  'added:<1e400d OR added:>0000-01-01',
  'run:>999999999999w',
  'data.a.b:1 NOT (state:failed OR -name:"x)',
  `${'('.repeat(60)}a`,
  'group:99999999999999 size:>999999999999999',
  '* * * * *',
  '*/0 99 * * 8',
  '@yearly',
  '0 0 30 2 *',
  'Europe/Berlin',
  'overview,job:redis/%/1',
  'queue:redis/%00,job:redis/a/b/c',
];

/** Beyond the bounds, and far beyond. */
const LONG = [65, 257, 513, 2_049, 16_385, 40_000];

export function oddText(random: Random): string {
  if (random.chance(0.08)) return random.pick(['a', 'é', '🙂', '%', '"', '(']).repeat(random.pick(LONG));
  if (random.chance(0.25)) return random.pick(ODD_TEXTS) + random.pick(ODD_TEXTS);
  if (random.chance(0.2)) return anyText(random);
  return random.pick(ODD_TEXTS);
}

/** Any code units, halves of pairs among them. */
function anyText(random: Random): string {
  const ranges = [0x20, 0x80, 0x500, 0x2100, 0xd800, 0x10000];
  return Array.from({ length: random.between(1, 12) }, () =>
    String.fromCharCode(random.below(random.pick(ranges))),
  ).join('');
}

export const ODD_NUMBERS: readonly unknown[] = [
  0,
  -1,
  1.5,
  -0.1,
  201,
  1_001,
  2_147_483_647,
  2_147_483_648,
  4_294_967_296,
  9_007_199_254_740_991,
  1e21,
  1e308,
  -1e308,
  5e-324,
  new RawJson('-0'),
  new RawJson('1e400'),
  new RawJson('-1E+400'),
  new RawJson('9007199254740993'),
  new RawJson('123456789012345678901234567890'),
  new RawJson('0.1000000000000000055511151231257827'),
];

const deep = (levels: number, open: string, close: string) => new RawJson(open.repeat(levels) + close.repeat(levels));

/** A value of another kind than was asked for. */
export function oddValue(random: Random): unknown {
  return random.weighted<() => unknown>([
    [5, () => oddText(random)],
    [3, () => random.pick(ODD_NUMBERS)],
    [2, () => random.pick<unknown>([null, true, false, [], {}, [null], [[]], { a: 1 }])],
    [1, () => deep(random.pick([50, 199, 200, 201, 3_000, 20_000]), '[', ']')],
    [1, () => deepObject(random.pick([50, 199, 201, 3_000]))],
    [1, () => new RawJson('{"__proto__":{"a":1},"constructor":{"prototype":1},"a":1,"a":2}')],
    [0.3, () => Array.from({ length: random.pick([51, 1_001, 10_001]) }, (_, i) => i)],
    [0.3, () => Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`k${i}`, i]))],
  ])();
}

const deepObject = (levels: number) => new RawJson(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
