import { describe, expect, it } from 'vitest';
import type { Scheduler } from '@/lib/contracts/schedulers';
import { readTemplateOptions, startTiming, toTiming } from './timing-draft';

const NONE = startTiming(null, 'Europe/Berlin');

describe('a schedule as it is typed', () => {
  it('starts with a pattern in the own zone, and needs one', () => {
    expect(toTiming(NONE)).toEqual({ pattern: '0 9 * * 1-5', tz: 'Europe/Berlin' });
    expect(toTiming({ ...NONE, pattern: '  ' })).toBeNull();
    expect(toTiming({ ...NONE, tz: '' })).toEqual({ pattern: '0 9 * * 1-5' });
  });

  it('is an interval in the largest unit that fits, without a zone', () => {
    const every = startTiming({ everyMs: 5_400_000, pattern: null, tz: null } as Scheduler, 'UTC');
    expect([every.rhythm, every.every, every.unit]).toEqual(['every', '90', '60000']);
    expect(toTiming(every)).toEqual({ everyMs: 5_400_000 });
    expect(toTiming({ ...every, every: '' })).toBeNull();
    expect(toTiming({ ...every, every: 'x' })).toBeNull();
  });

  it('takes bounds that are given', () => {
    expect(toTiming({ ...NONE, limit: '12', endAt: '2027-01-01T00:00' })).toMatchObject({
      limit: 12,
      endAt: new Date('2027-01-01T00:00').toISOString(),
    });
  });
});

it("a template's options survive an edit, as far as the API knows them", () => {
  expect(
    readTemplateOptions({
      attempts: 5,
      backoff: { type: 'exponential', delay: 1000 },
      removeOnComplete: { count: 100, age: 3600 },
      removeOnFail: false,
      priority: 0,
      lifo: true,
      stackTraceLimit: 3,
    }),
  ).toEqual({
    attempts: 5,
    backoff: { type: 'exponential', delayMs: 1000 },
    removeOnComplete: 100,
    removeOnFail: false,
    lifo: true,
  });
  expect(readTemplateOptions(null)).toEqual({});
});
