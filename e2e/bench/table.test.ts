import { describe, expect, it } from 'vitest';
import { failedRow, isMiss } from './rows';
import { median, percentile } from './stats';
import { formatTable } from './table';

describe('the table', () => {
  it('marks what is over its reach, and what was not measured is no hit', () => {
    const rows = [
      { name: 'quick', reach: 3, value: 2.5, p95: 2.9, unit: 'ms', peer: 12.7 },
      { name: 'slow', reach: 3, value: 3.5, unit: 'ms', peer: 12.7 },
      failedRow('broken', new Error('no such page')),
    ];
    const [, , quick = '', slow = '', broken = ''] = formatTable(rows).split('\n');
    expect(quick).toMatch(/^quick +≤ 3 ms +2\.5 ms \(p95 2\.9\) +12\.7 ms$/);
    expect(slow).toContain('MISSED');
    expect(broken).toContain('not measured: no such page');
    expect(isMiss({ name: 'x', reach: 1, value: Number.NaN, unit: '', peer: null })).toBe(true);
  });

  it('takes the sample at or above the share', () => {
    const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(median(samples)).toBe(50);
    expect(percentile(samples, 0.95)).toBe(95);
    expect(percentile([7], 0.95)).toBe(7);
  });
});
