import { DDSketch } from '@datadog/sketches-js';

const RELATIVE_ACCURACY = 0.01;
const VERSION = 1;
/** Two years in ms: what is longer counts as that. */
const LONGEST_MS = 63_072_000_000;

/**
 * How long things took, in ms, as a DDSketch: percentiles are right within 1 %, and any number of them merge without loss.
 *
 * | part      | bytes  | content                                             |
 * |-----------|--------|-----------------------------------------------------|
 * | version   | 1      | 1                                                   |
 * | zeroes    | varint | values below 1 ms                                   |
 * | sum       | varint | of all values, ms                                   |
 * | bins      | varint | how many follow                                     |
 * | each bin  | varint | key − the key before (the first: zigzag)            |
 * |           | varint | count                                               |
 */
export class Sketch {
  #sketch = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

  get count(): number {
    return this.#sketch.count;
  }

  /** Of all values, ms. */
  get sum(): number {
    return this.#sketch.sum;
  }

  /** `ms` below 0 counts as 0. */
  add(ms: number, times = 1): void {
    this.#sketch.accept(ms < 1 ? 0 : Math.min(ms, LONGEST_MS), times);
  }

  merge(other: Sketch): void {
    this.#sketch.merge(other.#sketch);
  }

  /** `q` from 0 to 1; null when there is no value. */
  quantile(q: number): number | null {
    return this.count === 0 ? null : this.#sketch.getValueAtQuantile(q);
  }

  /** How many values are at most `ms` long, within the accuracy. */
  countUpTo(ms: number): number {
    const { store, mapping, zeroCount } = this.#sketch;
    let count = zeroCount;
    for (const [key, times] of binsOf(store)) if (mapping.value(key) <= ms) count += times;
    return count;
  }

  encode(): Buffer {
    const { store, zeroCount, sum } = this.#sketch;
    const bins = [...binsOf(store)];
    const bytes: number[] = [VERSION];
    writeVarint(bytes, zeroCount);
    writeVarint(bytes, Math.round(sum));
    writeVarint(bytes, bins.length);
    let last: number | null = null;
    for (const [key, count] of bins) {
      writeVarint(bytes, last === null ? zigzag(key) : key - last);
      writeVarint(bytes, count);
      last = key;
    }
    return Buffer.from(bytes);
  }

  /** Throws for what `encode` did not write. */
  static decode(bytes: Uint8Array): Sketch {
    if (bytes[0] !== VERSION) throw new Error(`A sketch of version ${bytes[0]} cannot be read.`);
    const reader = new VarintReader(bytes, 1);
    const sketch = new Sketch();
    const inner = sketch.#sketch;
    const zeroes = reader.next();
    const sum = reader.next();
    const bins = reader.next();
    let key = 0;
    for (let i = 0; i < bins; i += 1) {
      const step = reader.next();
      key = i === 0 ? unzigzag(step) : key + step;
      inner.store.add(key, reader.next());
    }
    inner.zeroCount = zeroes;
    inner.count = zeroes + inner.store.count;
    inner.sum = sum;
    return sketch;
  }
}

/** Bins that hold something, by rising key. */
function* binsOf(store: DDSketch['store']): Generator<[key: number, count: number]> {
  for (let i = 0; i < store.bins.length; i += 1) {
    const count = store.bins[i] ?? 0;
    if (count > 0) yield [i + store.offset, count];
  }
}

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number) => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** Numbers up to 2^53: more than bit operations reach. */
function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

class VarintReader {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  next(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined || factor > 2 ** 49) throw new Error('The sketch is cut or broken.');
      this.at += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
}
