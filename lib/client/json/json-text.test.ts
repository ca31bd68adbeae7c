import { describe, expect, it } from 'vitest';
import { findJsonFault } from '@/lib/client/json/json-fault';
import { layOutJson, prettyJson } from '@/lib/client/json/json-text';

describe('prettyJson', () => {
  it('lays out without touching a digit', () => {
    expect(prettyJson('{"id":12345678901234567890,"price":1.0,"none":null,"e":[],"o":{}, "a":[1,{"b":"x"}]}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "price": 1.0,\n  "none": null,\n  "e": [],\n  "o": {},\n  "a": [\n    1,\n    {\n      "b": "x"\n    }\n  ]\n}',
    );
  });
  it('leaves brackets, quotes and escapes inside strings alone', () => {
    expect(prettyJson('["a\\"{,:}[","\\u00e9"]')).toBe('[\n  "a\\"{,:}[",\n  "\\u00e9"\n]');
  });
  it('shows a cut payload as far as it goes', () => {
    expect(prettyJson('{"a":"bcd')).toBe('{\n  "a": "bcd');
    expect(prettyJson('not json at all')).toBe('not json at all');
  });
  it.each([
    ['lists', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['objects', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['a long list deep inside', `${'['.repeat(64)}${'1,'.repeat(100_000)}1${']'.repeat(64)}`],
    ['brackets that are never closed', '['.repeat(262_144)],
    ['a string of 16 MB', `"${'\\\\x'.repeat(5_600_000)}"`],
  ])('grows with the text alone: %s', (_, text) => {
    const laidOut = prettyJson(text);
    expect(laidOut.length).toBeLessThan(6 * text.length + 200_000);
    expect(laidOut.replace(/\s/g, '')).toBe(text);
  });
  it('goes on with indentation after what was too deep for it', () => {
    const deep = '['.repeat(100) + ']'.repeat(100);
    expect(prettyJson(`{"a":${deep},"b":1}`)).toMatch(/^\{\n {2}"a": \[\n[\s\S]*\n {2}\],\n {2}"b": 1\n\}$/);
  });
  it('tells keys from values', () => {
    expect(layOutJson('{"a":"b"}').map((token) => token.kind)).toEqual(['plain', 'key', 'plain', 'string', 'plain']);
  });
});

describe('findJsonFault', () => {
  it('is silent about sound text', () => {
    expect(findJsonFault('{"a":[1,2.5e3,"x",true,null]}')).toBeNull();
  });
  it.each([
    ['{"a": x}', 1, 7, 'expected a value'],
    ['{\n  "a": 1,\n  b: 2\n}', 3, 3, 'expected a name in double quotes'],
    ['{"a":1', 1, 7, 'ends too early: "," or "}" is missing'],
    ['[1,]', 1, 4, 'expected a value'],
    ['{} x', 1, 4, 'expected the end'],
    ['', 1, 1, 'ends too early: a value is missing'],
  ])('finds the place in %j', (text, line, column, message) => {
    expect(findJsonFault(text)).toEqual({ line, column, message });
  });
});
