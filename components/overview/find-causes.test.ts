import { describe, expect, it } from 'vitest';
import { findSpell } from '@/components/overview/failure-spell';
import { findCauses } from '@/components/overview/find-causes';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { FailureGroup } from '@/lib/contracts/failures';
import type { RecordStanding } from '@/lib/contracts/recorder';
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
  unreadable: null,
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
  it('names records that stand still or lack something, but not of a broker that is away', () => {
    const source = (name: string, status: Source['status']) => ({ name, status, reason: 'It hung up.' }) as Source;
    const record = (name: string, state: RecordStanding['state'], setAside = 0): RecordStanding => ({
      ...{ source: name, state, setAside, lagMs: state === 'late' ? 95_000 : 0 },
    });
    const causes = findCauses(
      [queue({ counts: counts({ failed: 1 }) })],
      [source('a', 'up'), source('b', 'up'), source('c', 'up'), source('gone', 'down')],
      [],
      [record('a', 'recording'), record('b', 'late', 3), record('c', 'nobody'), record('gone', 'nobody', 1)],
    );
    expect(causes.map(({ subject, what }) => `${subject}: ${what}`)).toEqual([
      'gone: broker away',
      'b: record 1 min 35 s behind',
      'b: 3 set aside',
      'c: not recorded',
      'emails: 1 failed',
    ]);
    expect(new Set(causes.map(({ id }) => id)).size).toBe(causes.length);
    for (const cause of causes.slice(1, 4))
      expect(cause).toMatchObject({ action: 'Open source', href: `/sources/${cause.subject}` });
  });
  it('names the queues that cannot be read whole, and does not let many of them hide what fails', () => {
    const odd = (name: string) => queue({ name, unreadable: `Its key "wait" of ${name} is odd.` });
    const failing = queue({ counts: counts({ failed: 900_000 }) });
    expect(findCauses([failing, odd('a')]).map(({ subject, what, why }) => [subject, what, why])).toEqual([
      ['a', 'cannot be read whole', 'Its key "wait" of a is odd.'],
      ['emails', '900,000 failed', 'their errors are in the list'],
    ]);
    const many = Array.from({ length: 30 }, (_, i) => odd(`odd-${String(i).padStart(2, '0')}`));
    const causes = findCauses([failing, ...many, odd('x'.repeat(5_000))]);
    expect(causes.map(({ subject, what }) => [subject, what])).toEqual([
      ['odd-00', 'and 30 more queues cannot be read whole'],
      ['emails', '900,000 failed'],
    ]);
    expect(causes[0]?.why).toBe('Its key "wait" of odd-00 is odd. Nor: odd-01, odd-02, odd-03, odd-04, odd-05 …');
  });
  it('puts the largest of a kind first, by powers of ten', () => {
    const failing = (name: string, failed: number) => queue({ name, counts: counts({ failed }) });
    const stuck = queue({ name: 'stuck', counts: counts({ waiting: 900_000 }), workers: 0 });
    const causes = findCauses([failing('a', 9), failing('c', 18_000), stuck, failing('b', 17_000), failing('d', 120)]);
    expect(causes.map(({ subject }) => subject)).toEqual(['b', 'c', 'd', 'a', 'stuck']);
    const at = '2026-11-22T13:59:00.000Z';
    const quiet = { ...failing('quiet', 500_000), at, lastError: { message: 'old', at: '2026-11-21T13:58:00.000Z' } };
    expect(findCauses([quiet, failing('c', 9)]).map(({ subject }) => subject)).toEqual(['c', 'quiet']);
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
  it('names the cause that failed most lately, since when, and leads to it', () => {
    const group = (id: number, message: string, inRange: number, line: number[]): FailureGroup => ({
      ...{ id, message, inRange, line, source: 'default', queues: ['emails'], names: ['welcome'] },
      ...{
        title: message,
        frame: null,
        state: 'open',
        parts: 0,
        isFolded: false,
        mutedUntil: null,
        mutedAbove: null,
        note: null,
      },
      ...{ jobsNow: inRange, total: inRange, versions: [], newSince: null, isNew: false, isRegressed: false },
      firstAt: '2026-11-01T00:00:00.000Z',
      lastAt: '2026-11-22T13:59:00.000Z',
      can: [],
    });
    const fromMs = Date.parse('2026-11-22T13:00:00.000Z');
    const quiet = Array.from({ length: 50 }, () => 0);
    const spells = [
      group(1, 'rare', 3, [...quiet, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]),
      group(2, '421 4.7.0 Too many\nmore', 412, [...quiet, 0, 0, 9, 0, 8, 7, 9, 9, 9, 9]),
      group(3, 'over', 900, [900, ...quiet, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ].flatMap((one) => findSpell(one, fromMs, 60_000) ?? []);
    const [cause] = findCauses([queue({ counts: counts({ failed: 1_204 }) })], [], spells);
    expect(cause).toMatchObject({
      what: '1,204 failed',
      why: '421 4.7.0 Too many · and 1 more cause',
      isCode: true,
      since: '2026-11-22T13:52:00.000Z',
      whyHref: '/failures/2',
    });
    const old = findSpell(group(4, 'old', 60, [...quiet, ...quiet].fill(1)), fromMs, 60_000);
    expect(old?.since).toBeNull();
  });
  it('says since when the oldest job of a stuck queue waits', () => {
    const [cause] = findCauses([
      queue({ counts: counts({ waiting: 9 }), workers: 0, oldestWaitingMs: 90_400, at: '2026-11-22T13:42:00.000Z' }),
    ]);
    expect(cause?.since).toBe('2026-11-22T13:40:29.000Z');
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
