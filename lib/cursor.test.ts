import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, pageByKey } from './cursor';

describe('cursors', () => {
  it('come back as they went', () => {
    const position = { score: 1_795_000_000_123, id: 'a:b/ü%' };
    expect(decodeCursor(encodeCursor(position) ?? undefined)).toEqual(position);
    expect(encodeCursor(null)).toBeNull();
  });

  it.each(['!!!', 'e30x', Buffer.from('[1]').toString('base64url'), Buffer.from('{"a":{}}').toString('base64url')])(
    'refuses %s by name',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(/cursor/);
    },
  );

  it('pages a list in memory without loss, also when the last row has gone', () => {
    const all = ['a', 'b', 'c', 'd', 'e'];
    const first = pageByKey(all, (x) => x, undefined, 2);
    expect(first.items).toEqual(['a', 'b']);
    const rest = all.filter((x) => x !== 'b');
    const second = pageByKey(rest, (x) => x, first.nextCursor ?? undefined, 2);
    expect(second.items).toEqual(['c', 'd']);
    expect(pageByKey(rest, (x) => x, second.nextCursor ?? undefined, 2)).toEqual({ items: ['e'], nextCursor: null });
    expect(pageByKey([], (x: string) => x, undefined, 2)).toEqual({ items: [], nextCursor: null });
  });
});
