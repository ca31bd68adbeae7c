import { RawJson, writeJson } from '../making/json-writer';
import type { World } from '../world/world';

const of = (position: unknown) => Buffer.from(writeJson(position)).toString('base64url');
const big = new RawJson('1e400');

/** What is a position of no list. */
const NOWHERE: readonly string[] = [
  '!',
  of('text'),
  of([]),
  of({}),
  of({ a: { b: 1 } }),
  of(new RawJson(`{"k":${'['.repeat(3_000)}${']'.repeat(3_000)}}`)),
  of({ x: 'y' }),
];

/** For each list: positions that look like its own, with parts that no script and no query can hold. */
const FORGED: Record<string, unknown[]> = {
  '/views': [
    { name: 'a', id: 'x' },
    { name: 1, id: '6f0b0f6e-6a1c-4b1e-8f53-0c7b0a9b6d11' },
  ],
  '/deploys': [
    { at: 1e308, id: 1 },
    { at: 1, id: 1.5 },
    { at: -1e15, id: 1 },
  ],
  '/failures': [
    { by: 'x', id: 1 },
    { by: 1, id: 4e9 },
    { by: big, id: 1 },
  ],
  '/operations': [
    { at: 1, id: 'x' },
    { at: 1.5, id: '6f0b0f6e-6a1c-4b1e-8f53-0c7b0a9b6d11' },
    { at: 1e300, id: '' },
  ],
  '/bin': [{ id: 1.5 }, { id: 'x' }, { id: 1e300 }],
  '/jobs': [
    { v: 1e308, n: '1', back: 0 },
    { v: 1, n: '9999999999999999999', back: 0 },
    { v: 1, n: 'x', back: 0 },
    { v: 1, n: '', back: 0 },
    { before: 1e308 },
    { before: -1e300 },
  ],
  '/jobs?sort=wait': [
    { v: 1.5, n: '1', back: 0 },
    { v: 4e9, n: '1', back: 1 },
  ],
  '/schedulers': [
    { n: 'x', s: 'redis', q: 'a', i: 'b' },
    { n: 1, s: 'redis' },
  ],
  '/flows': [{ p: 7 }, { p: -1 }, { p: 0.5 }, { p: 1, n: 1, s: 'redis', q: 'a', t: 'x', i: 'b' }],
  '/queues': [{ k: 1 }],
  '/sources': [{ k: 1, j: 2 }],
  '/tasks': [{ id: 1 }],
  '/workers': [{ at: 1 }],
};

const OF_LISTS: Record<string, Record<string, unknown[]>> = {
  redis: {
    completed: [
      { score: 'x', id: '1' },
      { score: '1e400', id: '1' },
      { score: ' 1 ', id: '1' },
      { score: '0x1', id: '1' },
      { score: 1, id: '1' },
    ],
    delayed: [
      { score: '', id: '1' },
      { process_at_ms: '1', seq: '2' },
    ],
    waiting: [
      { list: 3, index: 0, id: '', last: '' },
      { list: 1, index: 1e308, id: '', last: '' },
      { list: 1, index: -1, id: '', last: '' },
    ],
    active: [{ list: 1, index: 0.5, id: '', last: '' }],
  },
  postgres: {
    completed: [
      { finished_at_ms: 'x', seq: '1' },
      { finished_at_ms: '1'.repeat(30), seq: '1' },
      { score: '1', id: '1' },
    ],
    prioritized: [
      { priority: '99999999999', seq: '1' },
      { priority: 1.5, seq: '1' },
    ],
    waiting: [{ seq: -1e300 }, { seq: '1; DROP' }],
  },
};

/** Each list with each of them. */
export function fixedCursors({ operations, places }: World): { path: string; cursor: string }[] {
  const lists = Object.entries({
    ...FORGED,
    [`/operations/${operations[0]}/outcomes`]: [
      { n: 4e9, i: 0 },
      { n: 0, i: -1 },
      { n: 0, i: 0.5 },
    ],
  });
  for (const { source, jobs } of places.filter(({ queue }) => queue === 'any')) {
    lists.push([`/queues/${source}/any/jobs/1/logs`, [{ i: 1e300 }, { i: -1 }, { i: 0.5 }]]);
    lists.push([`/queues/${source}/any/jobs/${jobs.at(-1)}/flow`, [{ k: 1 }, { k: null }]]);
    for (const [state, forged] of Object.entries(OF_LISTS[source] ?? {})) {
      lists.push([`/queues/${source}/any/jobs?state=${state}`, forged]);
      lists.push([
        `/queues/${source}/any/jobs?state=${state}&name=mail`,
        [
          { skip: 1e300, first: 1 },
          { skip: -1, first: 1 },
          { skip: 0.5, first: 1 },
        ],
      ]);
    }
  }
  return lists.flatMap(([path, forged]) => [...NOWHERE, ...forged.map(of)].map((cursor) => ({ path, cursor })));
}
