import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CodedError } from '@/lib/contracts/errors';
import { type FieldSchema, readCsv } from './read-csv';
import { readNdjson } from './read-ndjson';
import { readUploadText } from './read-text';

const SIZE = 10_485_760;
const CHUNK = 65_536;
const RUNS = 6;
const STALL_MS = 50;
const schema: FieldSchema = { properties: { a: { type: 'integer' }, b: {}, c: { type: 'array' } } };
const full = (text: string) => text.repeat(Math.ceil(SIZE / text.length)).slice(0, SIZE);

async function* asUpload(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += CHUNK) yield bytes.subarray(from, from + CHUNK);
}

/**
 * The longest time for which this thread worked and nobody else had a turn, in ms. What others do on the machine, and the collector's own
 * threads, are none of its stalls.
 */
async function longestStall(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let isOver = false;
  let used = readWorkedMs();
  const look = () => {
    const now = readWorkedMs();
    longest = Math.max(longest, now - used);
    used = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await run();
  isOver = true;
  look();
  return longest;
}

const THREAD = `/proc/self/task/${process.pid}/schedstat`;
const isTold = existsSync(THREAD);

/** For how long the main thread had a core, where the system tells; else the clock. */
function readWorkedMs(): number {
  return isTold ? Number(readFileSync(THREAD, 'utf8').split(' ', 1)[0]) / 1e6 : performance.now();
}

/** Of several runs the least: a busy machine adds to a run's stalls, and never takes from them. */
async function leastStall(run: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS && least >= STALL_MS; i += 1) least = Math.min(least, await longestStall(run));
  return least;
}

type Outcome = number | RegExp;
const BIG = /262,144 characters/;

/** What is in the file, how it is read, and its lines or the bound that it breaks. */
const FILES: [name: string, kind: 'csv' | 'ndjson', text: () => string, outcome: Outcome][] = [
  [
    'a first line of 80,000 names',
    'csv',
    () => Array.from({ length: 80_000 }, (_, i) => `name${i}`).join(','),
    /200 columns/,
  ],
  ['commas', 'csv', () => full(','), /200 columns/],
  ['commas below a header', 'csv', () => `a,b\n${full(',')}`, BIG],
  ['lines of commas', 'csv', () => `a,b\n${`${','.repeat(200_000)}\n`.repeat(10)}`, 10],
  ['quotes', 'csv', () => full('"'), BIG],
  ['quotes below a header', 'csv', () => `a\n${full('"')}`, BIG],
  ['lines of quotes', 'csv', () => `a\n${`"${'""'.repeat(100_000)}"\n`.repeat(10)}`, 10],
  ['newlines', 'csv', () => full('\n'), /column without a name/],
  ['newlines below a header', 'csv', () => `a\n${full('\n')}`, /100,000 lines/],
  ['returns below a header', 'csv', () => `a\n${full('\r')}`, /100,000 lines/],
  ['one cell', 'csv', () => `a\n${full('x')}`, BIG],
  ['one quoted cell of lines', 'csv', () => `a\n"${full('x\n')}"`, BIG],
  [
    '10,000 lines of numbers',
    'csv',
    () => `a,b,c\n${`${'7'.repeat(300)},${'8'.repeat(300)},"[1,2,${'3,'.repeat(190)}4]"\n`.repeat(10_000)}`,
    10_000,
  ],
  ['one string', 'ndjson', () => `"${full('x').slice(2)}"`, 1],
  ['brackets', 'ndjson', () => full('['), 1],
  ['lines of brackets', 'ndjson', () => `${'['.repeat(131_000)}${']'.repeat(131_000)}\n`.repeat(8), 8],
  ['lines of numbers', 'ndjson', () => `[${'1,'.repeat(130_000)}1]\n`.repeat(8), 8],
  [
    'lines of names',
    'ndjson',
    () => `{${Array.from({ length: 20_000 }, (_, i) => `"${i}k":1`).join(',')}}\n`.repeat(8),
    8,
  ],
  ['5,000,000 empty lines', 'ndjson', () => '\n'.repeat(5_000_000), /100,000 lines/],
  ['10,000 lines', 'ndjson', () => `{"a":"${'x'.repeat(1_000)}"}\n`.repeat(10_000), 10_000],
];

describe('a file of up to 10 MB', () => {
  it.each(FILES)(`of %s (%s) never holds the process for ${STALL_MS} ms`, async (_, kind, make, outcome) => {
    // What the file takes to be made here is none of its reading.
    const bytes = Buffer.from(make().slice(0, SIZE));
    let found: Outcome | string = '';
    const read = async () => {
      const whole = await readUploadText(asUpload(bytes));
      found = await (kind === 'csv' ? readCsv(whole, schema) : readNdjson(whole)).then(
        (lines) => lines.length,
        (error: CodedError) => error.detail,
      );
    };
    expect(await leastStall(read)).toBeLessThan(STALL_MS);
    if (typeof outcome === 'number') expect(found).toBe(outcome);
    else expect(found).toMatch(outcome);
  });
});

it('takes time that grows with the file, not with its square', async () => {
  const timed = async (lines: number) => {
    const text = `a,b\n${`1,"${'x'.repeat(480)}"\n`.repeat(lines)}`;
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const from = performance.now();
      await readCsv(text, schema);
      times.push(performance.now() - from);
    }
    return Math.min(...times);
  };
  await timed(500);
  expect((await timed(8_000)) / (await timed(1_000))).toBeLessThan(8 * 4);
});
