import { expect, it } from 'vitest';
import { StreamTiers } from './stream-tiers';

const named = (count: number, prefix = 'q') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

it('waits for all of few streams', () => {
  const tiers = new StreamTiers();
  tiers.keep(named(500), 1_000);
  expect(tiers.hot(1_000)).toHaveLength(500);
  expect(tiers.coldSlice(60_000)).toEqual([]);
});

it('asks each of many once within four seconds, and waits for those with news', () => {
  const tiers = new StreamTiers();
  const names = named(3_000);
  tiers.keep(names, 0);
  expect(tiers.hot(0)).toEqual([]);
  const asked = new Map<string, number>();
  for (let now = 250; now <= 8_500; now += 250)
    for (const name of tiers.coldSlice(now)) asked.set(name, (asked.get(name) ?? 0) + 1);
  expect(asked.size).toBe(3_000);
  expect(Math.max(...asked.values())).toBeLessThanOrEqual(3);
  tiers.noteNews('q7', 9_000);
  expect(tiers.hot(10_000)).toEqual(['q7']);
  for (const name of names.slice(0, 800)) tiers.noteNews(name, 11_000);
  tiers.noteNews('q2999', 12_000);
  expect(tiers.hot(13_000)).toHaveLength(500);
  expect(tiers.hot(13_000)[0]).toBe('q2999');
});

it('waits for a stream that is new, whatever there was before', () => {
  const tiers = new StreamTiers();
  const names = named(3_000);
  tiers.keep(names, 0);
  tiers.keep([...names, 'new'], 1_000);
  expect(tiers.hot(1_000)).toEqual(['new']);
});

it('leaves out what is set aside, for a while', () => {
  const tiers = new StreamTiers();
  tiers.keep(named(3), 0);
  tiers.setAside('q1', 0);
  expect(tiers.hot(10)).toEqual(['q0', 'q2']);
  expect(tiers.aside).toEqual(['q1']);
  expect(tiers.hot(31_000)).toEqual(['q0', 'q1', 'q2']);
  tiers.setAside('q1', 31_000);
  tiers.keep(named(1), 31_000);
  expect(tiers.aside).toEqual([]);
});
