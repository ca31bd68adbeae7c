import { describe, expect, it } from 'vitest';
import { encodeCommand, parseReplies } from './resp';

describe('RESP', () => {
  it('counts bytes, not characters', () => {
    expect(encodeCommand(['SET', 'k', 'é✓', 7])).toBe('*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\né✓\r\n$1\r\n7\r\n');
  });

  it('reads whole replies and keeps the rest, wherever the bytes are cut', () => {
    const text = '+OK\r\n:42\r\n$-1\r\n$5\r\né✓\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n';
    const whole = Buffer.from(text);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const first = parseReplies(whole.subarray(0, cut));
      const second = parseReplies(Buffer.concat([first.rest, whole.subarray(cut)]));
      expect([...first.replies, ...second.replies]).toEqual(['OK', 42, null, 'é✓', ['a', [1]]]);
      expect(second.rest.length).toBe(0);
    }
  });

  it('gives an error reply as a value', () => {
    const [error] = parseReplies(Buffer.from('-ERR no\r\n')).replies;
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toBe('ERR no');
  });
});
