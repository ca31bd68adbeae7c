import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatClock,
  formatCoarse,
  formatCount,
  formatDayClock,
  formatDuration,
  formatPlural,
  formatShare,
} from '@/lib/format';

describe('formatCount', () => {
  it('groups thousands, marks a lower bound and shows the unknown as a dash', () => {
    expect(formatCount(12480)).toBe('12,480');
    expect(formatCount(10000, true)).toBe('10,000+');
    expect(formatCount(0)).toBe('0');
    expect(formatCount(null)).toBe('—');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [310.4, '310 ms'],
    [999.6, '1.0 s'],
    [2040, '2.0 s'],
    [9960, '10 s'],
    [48_200, '48 s'],
    [59_600, '1 min'],
    [108_000, '1 min 48 s'],
    [599_999, '10 min'],
    [840_000, '14 min'],
    [18_720_000, '5 h 12 min'],
    [259_200_000, '3 d'],
    [86_400_000 * 400, '400 d'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
  it('does not invent what is not known', () => {
    expect(formatDuration(null)).toBe('—');
    expect(formatDuration(-5)).toBe('0 ms');
  });
});

describe('ages', () => {
  it('step in whole units', () => {
    expect(formatCoarse(59_999)).toBe('59 s');
    expect(formatCoarse(60_000)).toBe('1 min');
    expect(formatCoarse(7_199_000)).toBe('1 h');
    expect(formatAgo(1000, 1400)).toBe('now');
    expect(formatAgo(1000, 13_400)).toBe('12 s ago');
    expect(formatAgo(190_000, 10_000)).toBe('in 3 min');
  });
});

describe('formatBytes', () => {
  it.each([
    [218, '218 B'],
    [1434, '1.4 KB'],
    [1024 * 1024 - 1, '1.0 MB'],
    [184 * 1024 * 1024, '184 MB'],
    [1.1 * 1024 ** 3, '1.1 GB'],
  ])('%d reads %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('the rest', () => {
  it('reads shares, plurals and clocks', () => {
    expect(formatShare(0.62)).toBe('62%');
    expect(formatShare(0.004)).toBe('0.4%');
    expect(formatPlural(1, 'worker')).toBe('1 worker');
    expect(formatPlural(1200, 'job')).toBe('1,200 jobs');
    const at = new Date('2026-11-22T13:44:02.201Z');
    expect(formatClock(at, true)).toBe('13:44:02');
    expect(formatClock(at, true, true)).toBe('13:44:02.201');
    expect(formatDayClock(at, new Date('2026-11-22T20:00:00Z'), true)).toBe('13:44:02');
    expect(formatDayClock(at, new Date('2026-11-23T01:00:00Z'), true)).toBe('2026-11-22 13:44:02');
  });
});
