import { expect, it } from 'vitest';
import { advanceCursor, createCursor, deliveredUpTo, isDue } from './event-cursor';

const read = (ids: number[], xmin: number, bound: number, whole = true) => ({
  ids,
  whole,
  xmin: BigInt(xmin),
  bound: BigInt(bound),
});

it('does not read again a queue that told nothing', () => {
  const cursor = createCursor(10);
  advanceCursor(cursor, read([], 100, 105), 0);
  expect(cursor).toMatchObject({ floor: 10, mark: null, rereadAtMs: Number.POSITIVE_INFINITY });
});

it('stays open until the transactions of its time are over, then settles', () => {
  const cursor = createCursor(10);
  advanceCursor(cursor, read([12, 15], 100, 105), 0);
  expect(cursor.floor).toBe(10);
  expect(isDue(cursor, 79)).toBe(false);
  expect(isDue(cursor, 80)).toBe(true);
  advanceCursor(cursor, read([13], 104, 110), 100);
  expect(cursor.floor).toBe(10);
  advanceCursor(cursor, read([], 105, 110), 200);
  expect(cursor.floor).toBe(15);
  expect([...cursor.seen]).toEqual([]);
});

it('keeps what came after the mark, and marks anew', () => {
  const cursor = createCursor(0);
  advanceCursor(cursor, read([5], 1, 3), 0);
  advanceCursor(cursor, read([9], 3, 6), 50);
  expect(cursor).toMatchObject({ floor: 5, mark: { top: 9, bound: 6n } });
  expect([...cursor.seen]).toEqual([9]);
});

it('settles no further than a read that was cut off had seen', () => {
  const cursor = createCursor(0);
  advanceCursor(cursor, read([20], 1, 3), 0);
  advanceCursor(cursor, read([5, 6], 3, 6, false), 50);
  expect(cursor.floor).toBe(6);
  expect(cursor.mark?.top).toBe(20);
  expect(isDue(cursor, 50)).toBe(true);
  advanceCursor(cursor, read([7], 6, 9), 60);
  expect(cursor.floor).toBe(20);
});

it('gives up on a transaction that stays open', () => {
  const cursor = createCursor(0);
  advanceCursor(cursor, read([5], 1, 3), 0);
  advanceCursor(cursor, read([], 1, 9), 10_001);
  expect(cursor.floor).toBe(5);
  expect(deliveredUpTo(cursor)).toBe(5);
});
