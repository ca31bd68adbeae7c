import { describe, expect, it } from 'vitest';
import { CodedError } from '@/lib/contracts/errors';
import { SharedReads } from './shared';

const reader = () => {
  const leave = new AbortController();
  return { signal: leave.signal, leave: () => leave.abort(new Error('left')) };
};

/** A read that ends when it is told to, or when nobody wants it. */
function openRead() {
  const begun: { signal: AbortSignal; answer(value: string): void; fail(error: Error): void }[] = [];
  const run = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      begun.push({ signal, answer: resolve, fail: reject });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { begun, run };
}

const nextTurn = () => new Promise(setImmediate);

describe('SharedReads', () => {
  it('reads once for all who ask within its time', async () => {
    const { begun, run } = openRead();
    const shared = new SharedReads(60_000);
    const all = [1, 2, 3].map(() => shared.read('k', reader().signal, run));
    begun[0]?.answer('a');
    expect(await Promise.all(all)).toEqual(['a', 'a', 'a']);
    expect(await shared.read('k', reader().signal, run)).toBe('a');
    expect(begun).toHaveLength(1);
  });

  it('goes on while one still waits, and is given up when the last has left', async () => {
    const { begun, run } = openRead();
    const shared = new SharedReads(60_000);
    const [first, second] = [reader(), reader()];
    const both = [first, second].map(({ signal }) =>
      shared.read('k', signal, run).catch((error: Error) => error.message),
    );
    first.leave();
    expect(begun[0]?.signal.aborted).toBe(false);
    second.leave();
    expect(begun[0]?.signal.aborted).toBe(true);
    expect(await Promise.all(both)).toEqual(['left', 'left']);
    const again = shared.read('k', reader().signal, run);
    expect(begun).toHaveLength(2);
    begun[1]?.answer('new');
    expect(await again).toBe('new');
  });

  it('passes a refusal of one on to nobody else, and a failure to all', async () => {
    const { begun, run } = openRead();
    const shared = new SharedReads(60_000);
    const codeOf = (error: Error) => (error instanceof CodedError ? error.code : error.message);
    const all = [1, 2, 3].map(() => shared.read('k', reader().signal, run).catch(codeOf));
    begun[0]?.fail(new CodedError('too_many_requests', 'Too much.'));
    await nextTurn();
    expect(begun).toHaveLength(2);
    begun[1]?.fail(new Error('broken'));
    expect(await Promise.all(all)).toEqual(['too_many_requests', 'broken', 'broken']);
  });

  it('asks nothing for who has left already', async () => {
    const gone = reader();
    gone.leave();
    const { begun, run } = openRead();
    await expect(new SharedReads(1).read('k', gone.signal, run)).rejects.toThrow('left');
    expect(begun).toEqual([]);
  });
});
