import { describe, expect, it } from 'vitest';
import { matchesFilter, matchesName, type Periods, sortQueues } from '@/components/queues/list/choose-queues';
import {
  firstDirOf,
  nextDir,
  QUEUE_SORTS,
  readQueuesAddress,
  sortQuery,
} from '@/components/queues/list/queues-address';
import type { SeenQueue } from '@/lib/client/live/apply-frame';

const NO_JOBS = { waiting: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed: 0 };
const queue = (
  name: string,
  changes: Partial<Omit<SeenQueue, 'counts'>> & { counts?: Partial<SeenQueue['counts']> } = {},
): SeenQueue => ({
  ...{ source: 'default', name, countsAtLeast: [], paused: false, oldestWaitingMs: 0, workers: 1, slots: 1, busy: 0 },
  ...{
    concurrency: null,
    rateLimit: null,
    lastError: null,
    unreadable: null,
    pause: null,
    health: 'empty',
    attention: [],
  },
  ...{ can: [], cannot: {} },
  ...changes,
  counts: { ...NO_JOBS, ...changes.counts },
});
const names = (queues: SeenQueue[]) => queues.map(({ name }) => name).join(' ');
const read = (query: string) => readQueuesAddress(new URLSearchParams(query));

describe('sortQueues', () => {
  const period = { source: 'default', finished: [], failed: 0, waitP95: null };
  const periods: Periods = new Map([
    ['default/a', { ...period, queue: 'a', addedPerMinute: 5, finishedPerMinute: 1, runP95: 90 }],
    ['default/b', { ...period, queue: 'b', addedPerMinute: null, finishedPerMinute: null, runP95: null }],
    ['default/c', { ...period, queue: 'c', addedPerMinute: 7, finishedPerMinute: 3, runP95: 20 }],
  ]);
  const nothing = {
    waiting: null,
    active: null,
    delayed: null,
    prioritized: null,
    'waiting-children': null,
    completed: null,
    failed: null,
  };
  const counts = (n: number) => ({
    waiting: n,
    active: n,
    delayed: n,
    prioritized: n,
    'waiting-children': n,
    completed: n,
    failed: n,
  });
  const all = [
    queue('b', { counts: nothing, oldestWaitingMs: null, workers: null, health: 'moving' }),
    queue('c', { counts: counts(2), oldestWaitingMs: 9, workers: 2, health: 'failing', source: 'default' }),
    queue('a', { counts: counts(11), oldestWaitingMs: 30, workers: 4, health: 'stuck' }),
  ];

  it.each(QUEUE_SORTS.filter((sort) => !['name', 'source', 'health', 'in', 'out', 'p95'].includes(sort)))(
    'by %s both ways, the unknown last in both',
    (sort) => {
      expect(names(sortQueues(all, { sort, dir: 'desc' }, periods))).toBe('a c b');
      expect(names(sortQueues(all, { sort, dir: 'asc' }, periods))).toBe('c a b');
    },
  );
  it.each([
    ['in', 'c a b', 'a c b'],
    ['out', 'c a b', 'a c b'],
    ['p95', 'a c b', 'c a b'],
    ['name', 'c b a', 'a b c'],
    ['health', 'b a c', 'c a b'],
  ] as const)('by %s', (sort, desc, asc) => {
    expect(names(sortQueues(all, { sort, dir: 'desc' }, periods))).toBe(desc);
    expect(names(sortQueues(all, { sort, dir: 'asc' }, periods))).toBe(asc);
  });
  it('by source, and equals by their name both ways', () => {
    const two = [queue('z', { source: 's1' }), queue('q10', { source: 's2' }), queue('q9', { source: 's2' })];
    expect(names(sortQueues(two, { sort: 'source', dir: 'asc' }, periods))).toBe('z q9 q10');
    expect(names(sortQueues(two, { sort: 'source', dir: 'desc' }, periods))).toBe('q9 q10 z');
    expect(names(sortQueues(two, { sort: 'failed', dir: 'desc' }, periods))).toBe('q9 q10 z');
  });
  it('leaves what it was given, and takes 2,000 queues within a frame', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => queue(`q${i}`, { counts: { failed: (i * 7919) % 2_000 } }));
    // The quickest of several: the machine may do something else meanwhile.
    const times = Array.from({ length: 10 }, () => {
      const from = performance.now();
      sortQueues(many, { sort: 'failed', dir: 'desc' }, periods);
      return performance.now() - from;
    });
    expect(Math.min(...times)).toBeLessThan(100);
    const [first] = sortQueues(many, { sort: 'failed', dir: 'desc' }, periods);
    expect(first?.counts.failed).toBe(1_999);
    expect(many[0]?.name).toBe('q0');
  });
});

describe('filters', () => {
  const trouble = (lane: 'failing' | 'paused' | 'stuck') => ({
    lane,
    sentence: '',
    since: null,
    weight: 1,
    cause: null,
  });
  it('find a queue under each thing that it is', () => {
    const both = queue('both', { health: 'paused', attention: [trouble('failing'), trouble('paused')] });
    expect((['all', 'failing', 'paused', 'stuck', 'moving'] as const).map((one) => matchesFilter(both, one))).toEqual([
      ...[true, true, true, false, false],
    ]);
    expect(matchesFilter(queue('e'), 'empty')).toBe(true);
  });
  it('by a part of the name, whatever the case, and never as a pattern', () => {
    expect(matchesName(queue('Mail.Digest'), 'mail.')).toBe(true);
    expect(matchesName(queue('mailx'), 'mail.')).toBe(false);
    expect(matchesName(queue('<script>alert(1)</script>'), '<SCRIPT')).toBe(true);
    expect(matchesName(queue('a[b'), '[')).toBe(true);
  });
});

describe('the address', () => {
  it('has defaults, bounds, and takes nothing for granted', () => {
    expect(read('')).toEqual({ name: '', filter: 'all', sort: 'name', dir: 'asc' });
    expect(read('sort=failed')).toMatchObject({ sort: 'failed', dir: 'desc' });
    expect(read('sort=constructor&dir=up&filter=toString')).toMatchObject({ sort: 'name', dir: 'asc', filter: 'all' });
    expect(read(`name=${'x'.repeat(900)}`).name).toHaveLength(200);
    expect([read('show=backed-up').filter, read('show=paused').filter]).toEqual(['stuck', 'paused']);
  });
  it('says the same of what it was made from, in both directions', () => {
    for (const sort of QUEUE_SORTS)
      for (const dir of ['asc', 'desc'] as const) {
        const query = Object.entries(sortQuery(sort, dir)).flatMap(([key, value]) =>
          value ? [`${key}=${value}`] : [],
        );
        expect(read(query.join('&'))).toMatchObject({ sort, dir });
      }
  });
  it('turns round at the second press', () => {
    expect(nextDir(read(''), 'failed')).toBe('desc');
    expect(nextDir(read('sort=failed'), 'failed')).toBe('asc');
    expect(nextDir(read('sort=failed&dir=asc'), 'failed')).toBe(firstDirOf('failed'));
  });
});
