import { describe, expect, it } from 'vitest';
import { ReadPacer } from '@/lib/queues/read-pacer';

/** Reads whenever it may over `ms`, asking every 10 ms; the times of the reads. */
function readEagerly(pacer: ReadPacer, fromMs: number, ms: number): number[] {
  const times: number[] = [];
  for (let now = fromMs; now < fromMs + ms; now += 10) {
    if (pacer.waitMs(now) > 0) continue;
    pacer.take(now);
    times.push(now);
  }
  return times;
}

describe('ReadPacer', () => {
  it('reads once a second under steady asking', () => {
    const times = readEagerly(new ReadPacer(1000, 0), 0, 10_000);
    expect(times.length).toBeLessThanOrEqual(11);
    expect(times.slice(2).every((time, i) => time - (times[i + 1] ?? 0) >= 990)).toBe(true);
  });

  it('lets a change right after a quiet read through at once', () => {
    const pacer = new ReadPacer(1000, 0);
    pacer.take(5000);
    expect(pacer.waitMs(5200)).toBe(0);
    pacer.take(5200);
    expect(pacer.waitMs(5200)).toBe(800);
  });

  it('gives the spare back only after a quiet second', () => {
    const pacer = new ReadPacer(1000, 0);
    readEagerly(pacer, 0, 5000);
    expect(pacer.waitMs(4995)).toBeGreaterThan(0);
    expect(readEagerly(pacer, 8000, 1000)).toHaveLength(2);
  });
});
