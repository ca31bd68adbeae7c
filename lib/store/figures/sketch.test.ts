import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sketch } from './sketch';

const sketchOf = (values: number[]) => {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

/** The value at the rank that the sketch means. */
const exact = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;

const Durations = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 86_400_000 })), {
  minLength: 1,
  maxLength: 400,
});

describe('Sketch', () => {
  it('is within 2 % of the exact percentile, whatever was added', () => {
    fc.assert(
      fc.property(Durations, fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 1), (values, q) => {
        const right = exact(values, q);
        expect(Math.abs((sketchOf(values).quantile(q) ?? -1) - right)).toBeLessThanOrEqual(right * 0.02);
      }),
    );
  });

  it('merges as if all had been added to one, in any order, over its encoding', () => {
    fc.assert(
      fc.property(Durations, Durations, (a, b) => {
        const whole = sketchOf([...a, ...b]).encode();
        const one = Sketch.decode(sketchOf(a).encode());
        one.merge(Sketch.decode(sketchOf(b).encode()));
        const other = Sketch.decode(sketchOf(b).encode());
        other.merge(sketchOf(a));
        expect(one.encode().equals(whole)).toBe(true);
        expect(other.encode().equals(whole)).toBe(true);
        expect(one.count).toBe(a.length + b.length);
        expect(one.sum).toBe([...a, ...b].reduce((sum, value) => sum + value, 0));
      }),
    );
  });

  it('has no percentile when it is empty, and survives its encoding then', () => {
    expect(new Sketch().quantile(0.95)).toBeNull();
    expect(Sketch.decode(new Sketch().encode()).count).toBe(0);
  });

  it('takes a clock that ran backwards as no time, and years as two', () => {
    const sketch = sketchOf([-5, 10 ** 15]);
    expect(sketch.quantile(0)).toBe(0);
    expect(sketch.quantile(1)).toBeCloseTo(63_072_000_000, -10);
  });

  it('counts what is at most so long', () => {
    const sketch = sketchOf([0, 10, 100, 1000]);
    expect([5, 50, 500, 5000].map((ms) => sketch.countUpTo(ms))).toEqual([1, 2, 3, 4]);
  });

  it('keeps a usual minute below 200 bytes', () => {
    const values = Array.from({ length: 500 }, (_, i) => 80 + ((i * 7919) % 200));
    expect(sketchOf(values).encode().length).toBeLessThan(200);
  });

  it.each([[[2, 0, 0, 0]], [[1, 0, 0, 5, 1]], [[]]])('refuses what it did not write: %j', (bytes) => {
    expect(() => Sketch.decode(Uint8Array.from(bytes))).toThrow();
  });
});
