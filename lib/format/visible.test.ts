import { describe, expect, it } from 'vitest';
import { isPlain, splitVisible, toVisible } from './visible';

const marksOf = (text: string, lines = false) =>
  splitVisible(text, lines).flatMap((part) => (typeof part === 'string' ? [] : [part.code]));
const textOf = (text: string, lines = false) =>
  splitVisible(text, lines)
    .map((part) => (typeof part === 'string' ? part : `<${part.code}>`))
    .join('');

describe('what is not seen', () => {
  it.each([
    ['invoice\u202efdp.exe', 'invoice<U+202E>fdp.exe'],
    ['a\u0000b', 'a<U+0000>b'],
    ['\ufeffid', '<U+FEFF>id'],
    ['pay\u200bpal', 'pay<U+200B>pal'],
    ['a\u00a0b\u3000c\u2003d', 'a<U+00A0>b<U+3000>c<U+2003>d'],
    ['\u001b[31mred\u001b[0m', '<U+001B>[31mred<U+001B>[0m'],
    ['x\u0085y\u2028z', 'x<U+0085>y<U+2028>z'],
    ['\u2066a\u2069\u061c\u200f', '<U+2066>a<U+2069><U+061C><U+200F>'],
    ['a\ud800', 'a<U+D800>'],
    ['\udc00b', '<U+DC00>b'],
    ['tag\u{e0041}\u{e0042}', 'tag<U+E0041><U+E0042>'],
    ['a\ufe0f', 'a<U+FE0F>'],
    ['a\u{e0101}', 'a<U+E0101>'],
    ['job-1\ufe0f', 'job-1<U+FE0F>'],
    ['#\ufe0e', '#<U+FE0E>'],
    [`\u{1f3f4}${'\u{e0068}'.repeat(9)}\u{e007f}`, '\u{1f3f4}<U+E0068 ×9><U+E007F>'],
    ['so\u00adft', 'so<U+00AD>ft'],
    ['\u2800\u3164\u115f', '<U+2800><U+3164><U+115F>'],
    ['\ue000\uffff', '<U+E000><U+FFFF>'],
    ['a\nb\tc\r', 'a<U+000A>b<U+0009>c<U+000D>'],
    ['a\u200db', 'a<U+200D>b'],
    ['no\u200cjoin', 'no<U+200C>join'],
    [`x${'\u200b'.repeat(12)}y`, 'x<U+200B ×12>y'],
  ])('%j is shown as %s', (text, shown) => {
    expect(textOf(text)).toBe(shown);
    expect(toVisible(text)).toBe(shown.replaceAll('<', '⟨').replaceAll('>', '⟩'));
    expect(isPlain(text)).toBe(false);
  });

  it.each([
    'order-42:x/y',
    'ünï—漢字🙂',
    '👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 ❤️ ©️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '葛󠄀城',
    'می‌خواهم',
    'क्‍ष',
    'שלום مرحبا',
    '日本語',
    'e\u0301',
    '€ “quotes” … –',
  ])('%s stays as it is', (text) => {
    expect(splitVisible(text, false)).toEqual([text]);
    expect(toVisible(text)).toBe(text);
  });

  it('keeps breaks, tabs and the spaces of typography in texts of several lines', () => {
    const text = 'a\r\n\tb\nc\u00a0: d\u3000e';
    expect(textOf(text, true)).toBe(text);
    expect(toVisible(text, true)).toBe(text);
    expect(marksOf('a\rb\u0007\u202e', true)).toEqual(['U+000D', 'U+0007', 'U+202E']);
  });

  it('knows what has to stand apart from its neighbours', () => {
    expect(isPlain('plain text')).toBe(true);
    expect(isPlain('ünï—漢字🙂')).toBe(true);
    expect(isPlain('שלום')).toBe(false);
    expect(isPlain('a\u200f')).toBe(false);
  });

  it('says what kind a character is', () => {
    const [mark] = splitVisible('\u202e', false);
    expect(mark).toEqual({ code: 'U+202E', what: 'turns the direction of the text' });
    for (const char of ['\u0007', '\u2003', '\ud800', '\ue000', '\u2066', '\u2060'])
      expect((splitVisible(char, false)[0] as { what: string }).what).not.toBe('');
  });

  it('is bounded: a text of nothing else is no flood of elements, and nothing of it is lost', () => {
    const text = '\u200b\u200c'.repeat(100_000);
    const parts = splitVisible(text, true);
    expect(parts.length).toBeLessThan(600);
    expect(parts.at(-1)).toContain('⟨U+200B⟩⟨U+200C⟩');
    expect(splitVisible('a'.repeat(1_000_000), true)).toHaveLength(1);
    expect(splitVisible('line\r\n'.repeat(10_000), true)).toHaveLength(1);
  });
});
