import { describe, expect, it } from 'vitest';
import { termOf, termsOf } from './terms';

const has = (data: unknown, path: string, value: string) => termsOf(JSON.stringify(data)).includes(termOf(path, value));

describe('termsOf', () => {
  it('finds leaves by their path, whatever their type', () => {
    const data = { userId: 42, user: { name: 'Ada', tags: ['a', 'b'] }, ok: true, none: null, items: [{ sku: 'X1' }] };
    expect(has(data, 'userId', '42')).toBe(true);
    expect(has({ userId: '42' }, 'userId', '42')).toBe(true);
    expect(has(data, 'user.name', 'Ada')).toBe(true);
    expect(has(data, 'user.tags', 'b')).toBe(true);
    expect(has(data, 'ok', 'true')).toBe(true);
    expect(has(data, 'none', 'null')).toBe(true);
    expect(has(data, 'items.sku', 'X1')).toBe(true);
    expect(has(data, 'userId', '43')).toBe(false);
    expect(has(data, 'user', 'Ada')).toBe(false);
  });

  it('takes a bare value as the leaf without a path', () => {
    expect(termsOf('7')).toEqual([termOf('', '7')]);
  });

  it.each([null, '', '{"cut', 'undefined'])('has none for %j', (text) => {
    expect(termsOf(text)).toEqual([]);
  });

  it('is bounded in number, depth and length', () => {
    expect(termsOf(JSON.stringify(Array.from({ length: 1000 }, (_, i) => i)))).toHaveLength(64);
    const deep = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`;
    expect(termsOf(deep)).toEqual([]);
    expect(has({ text: 'x'.repeat(5000) }, 'text', 'x'.repeat(200))).toBe(true);
  });

  it('are signed 32-bit numbers, and two in a million rarely meet', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 200_000; i += 1) seen.add(termOf('orderId', `SO-${i}`));
    expect(seen.size).toBeGreaterThan(199_980);
    for (const term of seen) expect(term).toBe(term | 0);
  });
});
