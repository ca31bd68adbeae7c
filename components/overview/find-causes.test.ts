import { describe, expect, it } from 'vitest';
import { findCauses } from '@/components/overview/find-causes';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { Source } from '@/lib/contracts/sources';

const queue = (changes: Partial<SeenQueue>): SeenQueue => ({
  source: 'default',
  name: 'emails',
  counts: { waiting: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed: 0 },
  countsAtLeast: [],
  paused: false,
  oldestWaitingMs: 0,
  workers: 2,
  slots: 4,
  busy: 4,
  concurrency: null,
  rateLimit: null,
  lastError: null,
  can: [],
  cannot: {},
  ...changes,
});
const counts = (changes: Partial<SeenQueue['counts']>) => ({ ...queue({}).counts, ...changes });

describe('findCauses', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(
      findCauses([queue({}), queue({ counts: counts({ waiting: 5 }), oldestWaitingMs: 900 }), queue({ paused: true })]),
    ).toEqual([]);
  });
  it('puts a broker that is away first, with its reason', () => {
    const source = (status: Source['status']) => ({ name: 'prod', status, reason: 'It hung up.' }) as Source;
    const failing = queue({ counts: counts({ failed: 1 }) });
    const causes = findCauses([failing], [source('up'), source('down')]);
    expect(causes.map(({ subject, what }) => `${subject} ${what}`)).toEqual(['prod broker away', 'emails 1 failed']);
    expect(causes[0]?.why).toBe('It hung up.');
  });
  it('shows the newest error of a failing queue', () => {
    const [cause] = findCauses([
      queue({
        counts: counts({ failed: 412 }),
        lastError: { message: '421 Too many', at: '2026-11-22T13:42:00.000Z' },
      }),
    ]);
    expect(cause).toMatchObject({
      tone: 'failed',
      what: '412 failed',
      why: '421 Too many',
      isCode: true,
      href: '/queues/default/emails?state=failed',
    });
  });
  it.each<[string, Partial<SeenQueue>, string, string]>([
    ['full slots', { oldestWaitingMs: 840_000 }, 'backed up', '9 jobs wait; 4 of 4 slots busy'],
    [
      'the own limit',
      { oldestWaitingMs: 840_000, concurrency: 2, counts: counts({ waiting: 9, active: 2 }) },
      'backed up',
      "9 jobs wait; the queue's own limit of 2 at once is reached",
    ],
    ['no worker', { workers: 0 }, 'no worker connected', '9 jobs wait; start a worker that listens to this queue'],
    ['a pause', { paused: true }, 'paused', '9 jobs wait; none begins until it is resumed'],
  ])('says the cause: %s', (_, changes, what, why) => {
    expect(findCauses([queue({ counts: counts({ waiting: 9 }), ...changes })])).toMatchObject([{ what, why }]);
  });
  it('claims nothing about what is unknown', () => {
    expect(
      findCauses([queue({ counts: counts({ waiting: null, prioritized: null, failed: null }), workers: null })]),
    ).toEqual([]);
  });
});
