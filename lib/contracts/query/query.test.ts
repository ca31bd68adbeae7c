import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD_NAMES, FIELDS, type Node, QueryFault } from './ast';
import { parseQuery } from './parse';
import { printQuery } from './print';
import { readDuration, readMoment, STATES } from './values';

/** Without positions, and with what quoting means only. */
function plain(node: Node | null): unknown {
  if (node === null) return null;
  if (node.kind === 'and' || node.kind === 'or') return { kind: node.kind, items: node.items.map(plain) };
  if (node.kind === 'not') return { kind: 'not', item: plain(node.item) };
  if (node.kind === 'text') return { text: node.text };
  const values = node.values.map((one) =>
    one.op === 'is' ? { ...one, quoted: one.quoted && one.text.includes('*') } : one,
  );
  return { field: node.field, path: node.path, values };
}

const faultOf = (text: string) => {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof QueryFault) return error;
    throw error;
  }
  throw new Error(`"${text}" was read`);
};

describe('the query language', () => {
  it('reads what the field knows', () => {
    const text =
      'name:send-* state:failed queue:emails error:"421 4.7.0" data.userId:42 added:<1h failed:2026-11-21..2026-11-22 attempts:>3 wait:>30s run:>5s worker:w1* id:8231';
    const node = parseQuery(text);
    expect(node?.kind).toBe('and');
    expect(printQuery(node)).toBe(text);
  });

  it('AND binds closer than OR, NOT closest; a word alone is text', () => {
    expect(plain(parseQuery('a OR b c AND NOT d'))).toEqual({
      kind: 'or',
      items: [
        { text: 'a' },
        { kind: 'and', items: [{ text: 'b' }, { text: 'c' }, { kind: 'not', item: { text: 'd' } }] },
      ],
    });
    expect(printQuery(parseQuery('(a OR b) c'))).toBe('(a OR b) c');
    expect(printQuery(parseQuery('-state:failed'))).toBe('NOT state:failed');
    expect(printQuery(parseQuery('NOT (a b)'))).toBe('NOT (a b)');
  });

  it('takes several values, quoted ones, addresses and names with colons', () => {
    expect(printQuery(parseQuery('state:failed,completed'))).toBe('state:failed,completed');
    expect(plain(parseQuery('https://a.example/x?y=1'))).toEqual({ text: 'https://a.example/x?y=1' });
    expect(parseQuery('id://_," "')).toMatchObject({
      kind: 'term',
      field: 'id',
      values: [{ text: '//_' }, { text: ' ' }],
    });
    expect(plain(parseQuery('"a \\"b\\" c"'))).toEqual({ text: 'a "b" c' });
    expect(plain(parseQuery('id:repeat:daily:17'))).toMatchObject({ values: [{ text: 'repeat:daily:17' }] });
    expect(plain(parseQuery('data.a.b-c:"x y"'))).toMatchObject({ path: 'a.b-c', values: [{ text: 'x y' }] });
    expect(parseQuery('   ')).toBeNull();
  });

  it.each([
    ['name:', 'expected a value after "name:"', 5],
    ['stat:failed', 'expected a field (state, started)', 0],
    ['state:fail', 'expected one of waiting', 6],
    ['attempts:many', 'expected a number', 9],
    ['wait:>soon', 'expected a duration', 5],
    ['added:yesterday', 'expected a time', 6],
    ['added:2026-13-01', 'expected a time', 6],
    ['(a b', 'expected a )', 4],
    ['a ) b', 'expected no )', 2],
    ['a OR', 'expected a word', 4],
    ['NOT', 'expected a word', 3],
    ['"open', 'expected a closing "', 0],
    ['name.x:1', '"name" has no paths', 0],
    ['broker:maybe', 'expected yes or no', 7],
  ])('%s', (text, expected, column) => {
    const fault = faultOf(text);
    expect(fault.expected).toContain(expected);
    expect(fault.at[0]).toBe(column);
  });

  it('durations and moments', () => {
    expect(readDuration('1.5h')).toBe(5_400_000);
    expect(readDuration('30')).toBe(30);
    expect(readDuration('x')).toBeNull();
    expect(readMoment('2026-11-22', 60)).toEqual({
      fromMs: Date.UTC(2026, 10, 21, 23),
      toMs: Date.UTC(2026, 10, 22, 23),
    });
    expect(readMoment('2026-11-22T10:30Z', 60)?.fromMs).toBe(Date.UTC(2026, 10, 22, 10, 30));
    expect(readMoment('2026-02-30', 0)).toBeNull();
  });
});

const word = fc
  .stringMatching(/^[a-z0-9*_.:/-]{1,12}$/)
  .filter((text) => !/^-|^(AND|OR|NOT)$|^[a-z][a-z0-9_$-]*(\.[^:]*)?:/i.test(text));
const anything = fc.string({ minLength: 1, maxLength: 20 });
const valuesOf: Record<string, fc.Arbitrary<string>> = {
  text: fc.oneof(
    word.map((text) => text.replaceAll(',', '')),
    anything.map((text) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`),
  ),
  data: word,
  state: fc.constantFrom(...STATES),
  flag: fc.constantFrom('yes', 'no'),
  number: fc.constantFrom('3', '>3', '<=10', '2..5', '..9'),
  duration: fc.constantFrom('>30s', '<5m', '1s..10s', '250'),
  time: fc.constantFrom('<1h', '2026-11-22', '2026-11-21..2026-11-22', '>2026-11-22T10:00Z'),
};
const term = fc.constantFrom(...FIELD_NAMES).chain((field) => {
  const { kind } = FIELDS[field];
  return fc
    .array(valuesOf[kind] as fc.Arbitrary<string>, { minLength: 1, maxLength: 3 })
    .map((values) => `${field}${kind === 'data' ? '.a.b' : ''}:${values.join(',')}`);
});
const leaf = fc.oneof(
  term,
  word,
  anything.filter((text) => text.trim() !== '').map((text) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`),
);
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `${a} ${b}`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} OR ${b})`),
    tie('tree').map((a) => `NOT (${a})`),
  ),
}));

describe('printing and reading', () => {
  it('print(parse(q)) parses to the same', () => {
    fc.assert(
      fc.property(tree, (text) => {
        let node: Node | null;
        try {
          node = parseQuery(text);
        } catch (error) {
          // Too many terms or too deep.
          if (error instanceof QueryFault && /at most/.test(error.expected)) return;
          throw error;
        }
        const printed = printQuery(node);
        expect(plain(parseQuery(printed))).toEqual(plain(node));
        expect(printQuery(parseQuery(printed))).toBe(printed);
      }),
      { numRuns: 1_000 },
    );
  });

  it('hostile input is read or refused at once, with a place inside it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_500 }), (text) => {
        const from = performance.now();
        try {
          parseQuery(text);
        } catch (error) {
          if (!(error instanceof QueryFault)) throw error;
          expect(error.at[0]).toBeGreaterThanOrEqual(0);
          expect(error.at[1]).toBeLessThanOrEqual(Math.max(text.length, 1));
        }
        expect(performance.now() - from).toBeLessThan(50);
      }),
    );
    for (const text of [
      '('.repeat(2_000),
      'NOT '.repeat(500),
      '"'.repeat(2_000),
      'a:'.repeat(1_000),
      '-'.repeat(2_000),
      'a,'.repeat(1_000),
    ]) {
      const from = performance.now();
      expect(() => {
        try {
          parseQuery(text);
        } catch (error) {
          if (!(error instanceof QueryFault)) throw error;
        }
      }).not.toThrow();
      expect(performance.now() - from).toBeLessThan(50);
    }
  });
});
