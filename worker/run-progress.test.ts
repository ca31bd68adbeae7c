import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openLog } from './run-log';
import { throttle } from './run-progress';

it('sends at most ten values a second, the last one always', async () => {
  const sent: number[] = [];
  const from = performance.now();
  const progress = throttle<number>(async (value) => void sent.push(value));
  for (let value = 1; value <= 100; value += 1) {
    progress.push(value);
    await sleep(5);
  }
  progress.push(101);
  await progress.flush();
  progress.push(102);
  expect(sent[0]).toBe(1);
  expect(sent.at(-1)).toBe(101);
  expect(sent.length).toBeGreaterThan(3);
  // The first at once, and the last when it is flushed.
  expect(sent.length).toBeLessThanOrEqual((performance.now() - from) / 100 + 3);
});

it('sends one value at a time, and goes on after one that failed', async () => {
  let running = 0;
  let most = 0;
  const sent: number[] = [];
  const progress = throttle<number>(async (value) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(30);
    running -= 1;
    if (value === 1) throw new Error('broker away');
    sent.push(value);
  }, 5);
  for (let value = 1; value <= 20; value += 1) {
    progress.push(value);
    await sleep(5);
  }
  await progress.flush();
  expect(most).toBe(1);
  expect(sent.at(-1)).toBe(20);
});

it('keeps the order of lines over batches, and drops the oldest when nobody takes them', async () => {
  const rows: string[] = [];
  const log = openLog(async (batch) => {
    await sleep(1);
    rows.push(...batch);
  }, 5);
  for (let n = 0; n < 1_500; n += 1) log.write(`line ${n}`);
  await sleep(10);
  for (let n = 1_500; n < 2_000; n += 1) log.write(`line ${n}`);
  await log.flush();
  expect(rows.map((row) => row.slice(25))).toEqual(Array.from({ length: 2_000 }, (_, n) => `line ${n}`));

  const kept: string[] = [];
  const away = openLog(async (batch) => void kept.push(...batch), 60_000);
  for (let n = 0; n < 10_050; n += 1) away.write(`line ${n}`);
  await away.flush();
  expect(kept).toHaveLength(10_000);
  expect(kept[0]).toMatch(/ line 50$/);
});
