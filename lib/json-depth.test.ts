import { expect, it } from 'vitest';
import { isDeeperThan, JSON_LEVELS, parseShallow } from './json-depth';

const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);

it.each([
  ['[]', 1, false],
  ['[[]]', 1, true],
  [nested(200), 200, false],
  [nested(201), 200, true],
  [nested(300, '{"a":', '}').replace(':}', ':1}'), 200, true],
  [`[${Array(500).fill('[]').join(',')}]`, 2, false],
  [JSON.stringify(nested(500)), 0, false],
  [JSON.stringify(`\\"${nested(500)}`), 0, false],
  ['"never ended [[[[[[[[[[', 2, false],
  ['[[[[ no JSON', 3, true],
  ['', 0, false],
])('%.30s is deeper than %d: %s', (text, levels, deeper) => {
  expect(isDeeperThan(text, levels)).toBe(deeper);
});

it('parses what can be passed on, and nothing else', () => {
  expect(parseShallow(nested(JSON_LEVELS))).toBeInstanceOf(Array);
  expect(parseShallow(nested(JSON_LEVELS + 1))).toBeUndefined();
  expect(parseShallow(nested(100_000))).toBeUndefined();
  expect(parseShallow('{')).toBeUndefined();
  expect(parseShallow('null')).toBeNull();
});
