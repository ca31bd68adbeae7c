import type { Random } from '../random';
import type { World } from '../world/world';
import { percentEncode } from './encode';
import { RawJson, writeJson } from './json-writer';
import { ODD_NUMBERS, oddText, oddValue } from './odd-values';

const KEYS = [
  'k',
  'i',
  'n',
  'id',
  'at',
  'by',
  'v',
  'back',
  'before',
  'score',
  'index',
  'list',
  'last',
  'skip',
  'first',
];
const MORE_KEYS = ['p', 's', 'q', 't', 'part', 'offset', 'node', 'cursor', 'name', 'seq', 'priority', 'finished_at_ms'];

/** A cursor that the product did not give for this list: noise, one of another list, or one with other numbers in it. */
export function forgeCursor(random: Random, { cursors }: World): string {
  const real = random.pick(cursors).cursor;
  return random.weighted<() => string>([
    [2, () => real],
    [4, () => twist(random, real)],
    [3, () => invent(random)],
    [1, () => Buffer.from(oddText(random)).toString('base64url')],
    [1, () => Buffer.from(writeJson(oddValue(random))).toString('base64url')],
    [1, () => real.slice(0, random.below(real.length))],
    [1, () => Array.from({ length: random.between(1, 40) }, () => random.pick([...'abcXYZ019-_'])).join('')],
    [0.3, () => 'A'.repeat(70_000)],
  ])();
}

/** One member of a real cursor replaced. */
function twist(random: Random, cursor: string): string {
  const position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Record<string, unknown>;
  const key = random.pick(Object.keys(position));
  return encode({ ...position, [key]: oddPart(random, position[key]) });
}

function invent(random: Random): string {
  const keys = Array.from({ length: random.between(1, 5) }, () => random.pick([...KEYS, ...MORE_KEYS]));
  return encode(Object.fromEntries(keys.map((key) => [key, oddPart(random, random.pick([1, 'a']))])));
}

function oddPart(random: Random, now: unknown): unknown {
  if (random.chance(0.2)) return oddValue(random);
  if (typeof now === 'number') return random.pick(ODD_NUMBERS);
  return random.chance(0.5)
    ? oddText(random)
    : random.pick(['1e400', ' 1 ', '0x10', 'inf', '-1', '99999999999999999999', '+inf']);
}

const encode = (position: object) => Buffer.from(writeJson(position)).toString('base64url');

/** Bytes for a body that are no JSON, or not what they seem. */
export function brokenBody(random: Random, text: string): Buffer {
  return random.weighted<() => Buffer>([
    [3, () => Buffer.from(text.slice(0, random.below(text.length + 1)))],
    [1, () => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe])])],
    [1, () => Buffer.from(`\ufeff${text}`)],
    [1, () => Buffer.from(text, 'utf16le')],
    [1, () => Buffer.from(`${text}\u0000`)],
    [1, () => Buffer.from(new RawJson('['.repeat(100_000)).text)],
    [0.2, () => Buffer.alloc(1_048_577, 0x20)],
  ])();
}

/** A text as it may stand in an address: escaped, half escaped, or not at all. */
export function oddEscape(random: Random, text: string): string {
  return random.weighted<() => string>([
    [6, () => percentEncode(text)],
    [1, () => percentEncode(percentEncode(text))],
    [
      1,
      () =>
        `${percentEncode(text)}${random.pick(['%', '%z', '%zz', '%c0%af', '%e0%80%80', '%f4%90%80%80', '%ed%a0%80', '%00'])}`,
    ],
    [1, () => random.pick(['%2e%2e', '%2E', '..', '.', '%2f', '%5c', '%252f', '%25', '%3f%23'])],
  ])();
}
