import { describe, expect, it } from 'vitest';
import { matchesData } from './match-data';

const TEXT = '{"user":{"id":7,"tags":["a","b"]},"a.b":true,"x/y":null,"n":"7"}';

describe('conditions on data', () => {
  it.each([
    ['user.id', 7, true],
    ['user.id', '7', false],
    ['n', '7', true],
    ['user.tags.1', 'b', true],
    ['/user/tags/0', 'a', true],
    ['/a.b', true, true],
    ['/x~1y', null, true],
    ['user.missing', null, false],
    ['user.id.deeper', 7, false],
    ['__proto__', null, false],
    ['user.toString', null, false],
  ])('%s = %j: %s', (path, value, fits) => {
    expect(matchesData(TEXT, [{ path, value }])).toBe(fits);
  });

  it('holds all of them, and none of what is no JSON', () => {
    expect(
      matchesData(TEXT, [
        { path: 'n', value: '7' },
        { path: 'user.id', value: 8 },
      ]),
    ).toBe(false);
    for (const text of [null, '', '{', 'nonsense']) expect(matchesData(text, [{ path: 'n', value: '7' }])).toBe(false);
  });
});
