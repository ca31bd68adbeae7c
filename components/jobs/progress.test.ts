import { describe, expect, it } from 'vitest';
import { addSample, describeProgress, measureRate, readProgress } from '@/components/jobs/progress';

describe('readProgress', () => {
  it.each([
    [62, 0.62, '62%'],
    [{ done: 620_000, total: 1_000_000, note: 'rows' }, 0.62, '62% · 620,000 of 1,000,000'],
    [{ percent: 12.5 }, 0.125, '13%'],
    [{ done: 5 }, null, '5'],
    [150, 1, '100%'],
  ])('reads %j', (value, share, text) => {
    const progress = readProgress(value);
    expect(progress?.share).toBe(share);
    expect(progress && describeProgress(progress)).toBe(text);
  });
  it('keeps words as a note and the unknown as nothing', () => {
    expect(readProgress('uploading')).toEqual({ share: null, done: null, total: null, note: 'uploading' });
    expect(readProgress(null)).toBeNull();
    expect(readProgress({ odd: [1] })?.note).toBe('{"odd":[1]}');
    expect(readProgress({ done: 0, total: 0 })?.share).toBeNull();
  });
});

describe('measureRate', () => {
  it('needs two samples that are apart, and follows the recent ones', () => {
    let samples = addSample([], { atMs: 0, done: 0 });
    expect(measureRate(samples)).toBeNull();
    samples = addSample(samples, { atMs: 1000, done: 5000 });
    expect(measureRate(samples)).toBe(5000);
    samples = addSample(samples, { atMs: 20_000, done: 6000 });
    expect(measureRate(samples)).toBeNull();
  });
  it('starts over when a new attempt starts over', () => {
    const samples = addSample([{ atMs: 0, done: 900 }], { atMs: 1000, done: 10 });
    expect(samples).toEqual([{ atMs: 1000, done: 10 }]);
  });
});
