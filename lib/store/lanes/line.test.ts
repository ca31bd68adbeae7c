import { describe, expect, it } from 'vitest';
import { Line, type LineBounds, NoPlaceError } from './line';

const lineOf = (bounds: Partial<LineBounds>) =>
  new Line({ places: 4, perCaller: 2, waiting: 16, waitMs: 5_000, ...bounds });

/** Callers note their names in the order in which they enter. */
function openBook(line: Line) {
  const entered: string[] = [];
  const leaves = new Map<string, (() => void)[]>();
  const ask = (caller: string) =>
    line.take(caller).then((leave) => {
      entered.push(caller);
      leaves.set(caller, [...(leaves.get(caller) ?? []), leave]);
    });
  const leave = async (caller: string) => {
    leaves.get(caller)?.shift()?.();
    await new Promise(setImmediate);
  };
  return { entered, ask, leave };
}

describe('Line', () => {
  it('gives each caller two of four places, whatever another has asked for', async () => {
    const { entered, ask } = openBook(lineOf({}));
    for (let i = 0; i < 10; i += 1) void ask('greedy');
    await Promise.all([ask('b'), ask('b')]);
    expect(entered).toEqual(['greedy', 'greedy', 'b', 'b']);
  });

  it('calls next whoever holds the fewest, then whoever waits longest', async () => {
    const { entered, ask, leave } = openBook(lineOf({}));
    await Promise.all([ask('a'), ask('a'), ask('b'), ask('b')]);
    for (const caller of ['a', 'a', 'b', 'c', 'd']) void ask(caller);
    entered.length = 0;
    await leave('a');
    expect(entered).toEqual(['c']);
    await leave('b');
    expect(entered).toEqual(['c', 'd']);
    await leave('a');
    expect(entered).toEqual(['c', 'd', 'a']);
    await leave('c');
    expect(entered).toEqual(['c', 'd', 'a', 'a']);
  });

  it('refuses at once who would make the line too long, and after its time who waits in it', async () => {
    const line = lineOf({ places: 1, waiting: 1, waitMs: 30 });
    const leave = await line.take('a');
    const waits = line.take('a').catch((error: unknown) => error);
    await expect(line.take('a')).rejects.toBeInstanceOf(NoPlaceError);
    expect(await waits).toMatchObject({ isStuck: true });
    leave();
    expect(line.taken).toBe(0);
    (await line.take('a'))();
  });

  it('knows a line that moves from one that is stuck', async () => {
    const line = lineOf({ places: 2, perCaller: 2, waitMs: 200 });
    const leave = await line.take('a');
    await line.take('a');
    const waits = [line.take('b'), line.take('b')].map((one) => one.catch((error: unknown) => error));
    leave();
    expect(await waits[1]).toMatchObject({ isStuck: false });
  });

  it('lets go who has gone, and gives a place back once', async () => {
    const line = lineOf({ places: 1 });
    const leave = await line.take('a');
    const gone = new AbortController();
    const waits = line.take('b', { signal: gone.signal });
    gone.abort(new Error('gone'));
    await expect(waits).rejects.toThrow('gone');
    await expect(line.take('b', { signal: gone.signal })).rejects.toThrow('gone');
    leave();
    leave();
    expect(line.taken).toBe(0);
    await line.take('b');
    expect(line.taken).toBe(1);
  });

  it('lets whoever brings patience join a full line', async () => {
    const line = lineOf({ places: 1, waiting: 0, waitMs: 1 });
    const leave = await line.take('a');
    const waits = line.take('a', { patienceMs: 5_000 });
    leave();
    (await waits)();
    expect(line.taken).toBe(0);
  });
});
