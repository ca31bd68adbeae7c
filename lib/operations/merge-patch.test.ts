import { describe, expect, it } from 'vitest';
import { mergePatchText } from './merge-patch';

describe('a merge patch on text', () => {
  it.each([
    ['{"a":"b"}', { a: 'c' }, '{"a":"c"}'],
    ['{"a":"b"}', { b: 'c' }, '{"a":"b","b":"c"}'],
    ['{"a":"b","b":"c"}', { a: null }, '{"b":"c"}'],
    ['{"a":["b"]}', { a: 'c' }, '{"a":"c"}'],
    ['{"a":"c"}', { a: ['b'] }, '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', { a: { b: 'd', c: null } }, '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', { a: [1] }, '{"a":[1]}'],
    ['["a","b"]', { a: 1 }, '{"a":1}'],
    ['3', { a: { b: 1 } }, '{"a":{"b":1}}'],
    ['{"a":"foo"}', { a: { bb: { ccc: null } } }, '{"a":{"bb":{}}}'],
  ])('%s with %j is %s', (text, patch, result) => {
    expect(mergePatchText(text, patch)).toBe(result);
  });

  it('goes through a string of ten million characters', () => {
    const long = '{\\"'.repeat(10_000_000 / 3);
    expect(mergePatchText(`{"a":"${long}","b":1}`, { b: 2 })).toBe(`{"a":"${long}","b":2}`);
  });

  it('keeps the characters of what it does not name', () => {
    const text = '{ "big": 12345678901234567890, "x": {"f": 1.0, "s": "a, } \\" : {"}, "n": 1 }';
    expect(mergePatchText(text, { n: 2 })).toBe(
      '{"big":12345678901234567890,"x":{"f": 1.0, "s": "a, } \\" : {"},"n":2}',
    );
    expect(mergePatchText(text, { x: { s: '' } })).toBe('{"big":12345678901234567890,"x":{"f":1.0,"s":""},"n":1}');
  });

  it('takes strings of any length', () => {
    const long = `"${'\\\\x'.repeat(3_500_000)}"`;
    expect(mergePatchText(`{"a":${long},"b":1}`, { b: 2 })).toBe(`{"a":${long},"b":2}`);
  });
});
