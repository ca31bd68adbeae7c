import { describe, expect, it } from 'vitest';
import { findUnsafeNumber } from './unsafe-number';

describe('findUnsafeNumber', () => {
  it.each([
    ['{"id":12345678901234567890}', '12345678901234567890'],
    ['[1, 9007199254740993]', '9007199254740993'],
    [`{"a":1${'0'.repeat(400)}}`, `1${'0'.repeat(59)}…`],
    ['[1e400]', '1e400'],
    ['{"a":-1E+309}', '-1E+309'],
    ['[0.1e-400]', '0.1e-400'],
    ['[-1e999]', '-1e999'],
    [`["${'x'.repeat(10_485_760)}",12345678901234567890]`, '12345678901234567890'],
  ])('finds a number that would change in %.40s', (text, number) => {
    expect(findUnsafeNumber(text)).toBe(number);
  });

  it.each([
    '{"id":"12345678901234567890"}',
    '[9007199254740992, 1e21, 0.1, -5, 1e308, 0e999, -0, 5e-324]',
    '{"a\\"12345678901234567891":1}',
    '[1e308,-0,0.1E+5]',
    '"\\\\"',
  ])('lets %s pass', (text) => {
    expect(findUnsafeNumber(text)).toBeNull();
  });

  it.each(['x', '\\n', '1', '\\"'])('goes through a string of ten million characters of %j', (piece) => {
    const long = piece.repeat(10_000_000 / piece.length);
    expect(findUnsafeNumber(`["${long}", 1]`)).toBeNull();
    expect(findUnsafeNumber(`["${long}", 12345678901234567890]`)).toBe('12345678901234567890');
  });
});
