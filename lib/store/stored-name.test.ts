import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readName, storedText, storeName } from './stored-name';

const NUL = String.fromCharCode(0);
const back = (name: string) => {
  const { text, raw } = storeName(name);
  return readName(text, raw);
};

describe('storeName', () => {
  it.each(['emails', 'a:b/c%', 'grüße 😀', 'x'.repeat(512), ''])('keeps %.20s as it is', (name) => {
    expect(storeName(name)).toEqual({ text: name, raw: null });
  });

  it.each([
    ['a NUL', `a${NUL}b`],
    ['half a pair', 'a\ud800b'],
    [
      '4 KB that cannot be compressed',
      Array.from({ length: 4096 }, (_, i) => String.fromCharCode(33 + ((i * 7919) % 90))).join(''),
    ],
    ['513 bytes in fewer characters', 'é'.repeat(257)],
  ])('keeps %s beside a text that fits', (_what, name) => {
    const { text } = storeName(name);
    expect(Buffer.byteLength(text)).toBeLessThan(512);
    expect(text).not.toContain(NUL);
    expect(text).not.toMatch(/\p{Surrogate}/u);
    expect(back(name)).toBe(name);
  });

  it('tells names apart that differ only in what cannot be stored', () => {
    const names = [`a${NUL}`, 'a\ufffd', 'a\ud800', 'a\udc00', 'x'.repeat(600), 'x'.repeat(601)];
    expect(new Set(names.map(storedText)).size).toBe(names.length);
  });

  it('is a key of bounded size, also of what is one already', () => {
    const long = 'é'.repeat(8_192);
    const names = ['a', 'é'.repeat(256), long, `${long}x`, `a${NUL}`, 'a\ufffd', NUL];
    const keys = names.map(storedText);
    expect(new Set(keys).size).toBe(names.length);
    expect(keys.slice(0, 2)).toEqual(names.slice(0, 2));
    for (const key of keys) {
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(512);
      expect(key).not.toContain(NUL);
      expect(storedText(key)).toBe(key);
    }
  });

  it('gives every name back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (name) => {
        expect(back(name)).toBe(name);
      }),
    );
  });
});
