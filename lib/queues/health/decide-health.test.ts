import { describe, expect, it } from 'vitest';
import type { QueueMotion } from '@/lib/backends/motion';
import type { QueueHealth } from '@/lib/contracts/states';
import { decideQueue } from '@/lib/queues/why/decide-queue';
import { decideHealth, isFailing } from './decide-health';
import { type HealthFacts, type Lately, NOTHING_KNOWN } from './facts';

const AT = Date.parse('2026-11-22T14:00:00.000Z');
const MINUTE = 60_000;

type Given = Partial<Omit<HealthFacts['queue'], 'counts'>> & {
  counts?: Partial<HealthFacts['queue']['counts']>;
  waitedMs?: number | null;
  lately?: Partial<Lately>;
};

function facts({ counts, waitedMs, lately, ...queue }: Given): HealthFacts {
  const none = { waiting: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed: 0 };
  return {
    at: AT,
    waitedMs: waitedMs ?? null,
    lately: { ...NOTHING_KNOWN, ...lately },
    queue: {
      ...{ source: 'default', name: 'emails', countsAtLeast: [], paused: false, oldestWaitingMs: 0 },
      ...{ workers: 2, resting: 0, slots: 4, busy: 0, concurrency: null, rateLimit: null },
      ...{ lastError: null, unreadable: null },
      ...queue,
      counts: { ...none, ...counts },
    },
  };
}

const ended = (jobs: number, failed: number) => ({ ended: { jobs, failed } });
const still = (ms: number) => ({ takenAt: AT - ms });

describe('decideHealth', () => {
  it.each<[string, Given, QueueHealth, string[]]>([
    ['nothing in it', {}, 'empty', []],
    ['only what has ended', { counts: { completed: 900, failed: 3 } }, 'empty', []],
    ['only delayed jobs', { counts: { delayed: 4 } }, 'idle', []],
    ['only jobs that wait for children', { counts: { 'waiting-children': 4 } }, 'idle', []],
    ['jobs that run', { counts: { active: 1 } }, 'moving', []],
    ['2,500 waiting and no worker', { counts: { waiting: 2_500 }, workers: 0 }, 'stuck', ['stuck']],
    ['prioritized jobs and no worker', { counts: { prioritized: 9 }, workers: 0 }, 'stuck', ['stuck']],
    ['no worker in the list, but a take', { counts: { waiting: 9 }, workers: 0, lately: still(2_000) }, 'moving', []],
    ['all workers quiet', { counts: { waiting: 9 }, resting: 2 }, 'stuck', ['stuck']],
    ['one of two workers quiet', { counts: { waiting: 9, active: 1 }, resting: 1 }, 'moving', []],
    ['a job just added', { counts: { waiting: 1 }, waitedMs: 400, lately: still(5 * MINUTE) }, 'moving', []],
    [
      'none taken for a minute',
      { counts: { waiting: 9 }, waitedMs: MINUTE, lately: still(MINUTE) },
      'stuck',
      ['stuck'],
    ],
    ['taken a moment ago', { counts: { waiting: 9 }, waitedMs: MINUTE * 30, lately: still(900) }, 'moving', []],
    [
      'none taken since somebody watches',
      { counts: { waiting: 9 }, waitedMs: MINUTE, lately: { watchedSince: AT - MINUTE } },
      'stuck',
      ['stuck'],
    ],
    [
      'long jobs in every slot for two minutes',
      { counts: { waiting: 9, active: 4 }, busy: 4, waitedMs: 9 * MINUTE, lately: still(2 * MINUTE) },
      'moving',
      [],
    ],
    [
      'the same jobs in every slot for five minutes',
      { counts: { waiting: 9, active: 4 }, busy: 4, waitedMs: 9 * MINUTE, lately: still(5 * MINUTE) },
      'stuck',
      ['stuck'],
    ],
    ['a long wait that nobody watched', { counts: { waiting: 9 }, waitedMs: 9 * MINUTE }, 'unclear', []],
    ['an empty queue that is paused', { paused: true }, 'paused', ['paused']],
    ['paused with jobs and no worker', { paused: true, counts: { waiting: 9 }, workers: 0 }, 'paused', ['paused']],
    ['paused and failing', { paused: true, lately: ended(100, 99) }, 'paused', ['failing', 'paused']],
    [
      'failing and stuck',
      { counts: { waiting: 9 }, workers: 0, lately: ended(100, 99) },
      'failing',
      ['failing', 'stuck'],
    ],
    ['99 % of what ended', { counts: { active: 3 }, lately: ended(2_000, 1_980) }, 'failing', ['failing']],
    ['one old failed job', { counts: { failed: 1 }, lately: ended(0, 0) }, 'empty', []],
    ['19 jobs that all failed', { lately: ended(19, 19) }, 'empty', []],
    ['waiting jobs that cannot be counted', { counts: { waiting: null } }, 'unclear', []],
    ['a part that cannot be read', { unreadable: 'Its key "wait" is odd.', counts: { active: 1 } }, 'unclear', []],
    ['unreadable and paused', { unreadable: 'odd', paused: true, counts: { waiting: null } }, 'paused', ['paused']],
    [
      'unreadable, and no worker for what waits',
      { unreadable: 'odd', counts: { waiting: 1 }, workers: 0 },
      'stuck',
      ['stuck'],
    ],
    ['workers that cannot be listed', { counts: { waiting: 1 }, workers: null, resting: null }, 'moving', []],
  ])('%s', (_, given, health, lanes) => {
    const judged = decideHealth(facts(given));
    expect([judged.health, judged.attention.map(({ lane }) => lane)]).toEqual([health, lanes]);
  });

  it.each<[string, Parameters<typeof isFailing>, boolean]>([
    ['half of 20', [{ jobs: 20, failed: 10 }, null], true],
    ['less than half, where the usual is not known', [{ jobs: 1_000, failed: 499 }, null], false],
    [
      '5 % where 1 % is usual',
      [
        { jobs: 100, failed: 5 },
        { jobs: 1_000, failed: 10 },
      ],
      true,
    ],
    [
      '4 % where none fails',
      [
        { jobs: 100, failed: 4 },
        { jobs: 1_000, failed: 0 },
      ],
      false,
    ],
    [
      '34 % where 12 % is usual',
      [
        { jobs: 100, failed: 34 },
        { jobs: 1_000, failed: 120 },
      ],
      false,
    ],
    [
      '36 % where 12 % is usual',
      [
        { jobs: 100, failed: 36 },
        { jobs: 1_000, failed: 120 },
      ],
      true,
    ],
    [
      '20 % beside three jobs',
      [
        { jobs: 100, failed: 20 },
        { jobs: 3, failed: 0 },
      ],
      false,
    ],
  ])('failing: %s', (_, given, is) => {
    expect(isFailing(...given)).toBe(is);
  });

  it.each<[Given, string]>([
    [
      { lately: { ...ended(6_305, 6_242), usual: { jobs: 50_000, failed: 600 } } },
      '99% of 6,305 finished jobs failed (usually 1%)',
    ],
    [
      { lately: { ...ended(40, 40), usual: { jobs: 3, failed: 0 } } },
      '100% of 40 finished jobs failed (no comparison: only 3 earlier jobs are known)',
    ],
    [{ lately: ended(40, 40) }, '100% of 40 finished jobs failed'],
    [{ counts: { waiting: 2_000, prioritized: 500 }, workers: 0 }, '2,500 wait and no worker is connected'],
    [
      { counts: { waiting: 10_000 }, countsAtLeast: ['waiting'], workers: 1, resting: 1 },
      '10,000+ wait and its one worker takes no jobs (quiet or stopping)',
    ],
    [
      { counts: { waiting: 1, active: 4 }, busy: 4, waitedMs: 9 * MINUTE, lately: still(9 * MINUTE) },
      '1 waits; 4 of 4 slots are held by the same jobs',
    ],
    [
      { counts: { waiting: 9, active: 2 }, concurrency: 2, waitedMs: 9 * MINUTE, lately: still(9 * MINUTE) },
      "9 wait; the same jobs hold the queue's limit of 2 at once",
    ],
    [
      { counts: { waiting: 9 }, rateLimit: { max: 1, durationMs: 60_000 }, waitedMs: MINUTE, lately: still(MINUTE) },
      '9 wait; none is taken; a limit of 1 per 1 min is set',
    ],
    [
      { counts: { waiting: 9 }, workers: 1, waitedMs: MINUTE, lately: still(MINUTE) },
      '9 wait; none is taken although 1 worker is connected',
    ],
    [{ paused: true }, 'Nothing waits in it'],
    [{ paused: true, counts: { waiting: null } }, 'How many jobs wait cannot be read; none begins until it is resumed'],
    [
      { paused: true, counts: { waiting: 426, active: 2 } },
      '426 wait; none begins until it is resumed; 2 jobs that had begun still run',
    ],
  ])('says it: %#', (given, sentence) => {
    expect(decideHealth(facts(given)).attention.map((one) => one.sentence)).toEqual([sentence]);
  });

  it('says since when', () => {
    const { attention } = decideHealth(facts({ counts: { waiting: 9 }, workers: 0, waitedMs: 90_000 }));
    expect(attention[0]?.since).toBe('2026-11-22T13:58:30.000Z');
    const failing = decideHealth(facts({ lately: { ...ended(40, 40), failingSince: AT - MINUTE } }));
    expect(failing.attention[0]?.since).toBe('2026-11-22T13:59:00.000Z');
  });
});

describe('the badge and "why" tell one story of the same facts', () => {
  const WHY: Record<string, QueueHealth[]> = {
    paused: ['paused'],
    'no-worker': ['stuck'],
    'workers-quiet': ['stuck'],
    idle: ['empty'],
    delayed: ['idle'],
    'waiting-children': ['idle'],
    moving: ['moving'],
    'slots-busy': ['moving', 'stuck'],
    unclear: ['stuck', 'unclear'],
  };
  const motion = (over: Partial<QueueMotion>): QueueMotion => ({
    ...{ at: AT, latencyMs: 1, paused: false, concurrency: null, rateLimit: null, limiter: null },
    ...{
      waiting: 0,
      prioritized: 0,
      setAside: 0,
      atLeast: false,
      unread: null,
      active: 0,
      delayed: 0,
      waitingChildren: 0,
    },
    ...{ nextDueAt: null, nextReadySince: null, newestStartAt: null, activeSeen: 0, lost: [] },
    recovery: { nextCheckAt: null, everyMs: null, assumed: false },
    movement: { windowMs: 60_000, arrived: 0, taken: 0, ended: 0, lastTakenAt: null, pausedAt: null },
    ...over,
  });

  const cases: [Partial<QueueMotion>, { workers: number | null; resting: number; slots: number | null }][] = [];
  for (const paused of [false, true])
    for (const waiting of [0, 9])
      for (const active of [0, 4])
        for (const delayed of [0, 3])
          for (const workers of [0, 2])
            for (const resting of workers ? [0, 2] : [0])
              for (const takenAgo of [1_000, 10 * MINUTE]) {
                const taken = takenAgo < MINUTE ? 5 : 0;
                cases.push([
                  {
                    ...{ paused, waiting, active, delayed, activeSeen: active },
                    nextReadySince: waiting ? AT - 10 * MINUTE : null,
                    nextDueAt: delayed ? AT + MINUTE : null,
                    newestStartAt: active ? AT - takenAgo : null,
                    movement: {
                      windowMs: 60_000,
                      arrived: 0,
                      taken,
                      ended: taken,
                      lastTakenAt: AT - takenAgo,
                      pausedAt: null,
                    },
                  },
                  { workers, resting, slots: workers ? 4 : 0 },
                ]);
              }

  it.each(cases)('%#', (given, staff) => {
    const m = motion(given);
    const [first] = decideQueue({ motion: m, staff });
    const judged = decideHealth(
      facts({
        ...staff,
        paused: m.paused,
        busy: m.active,
        counts: { waiting: m.waiting, active: m.active, delayed: m.delayed },
        waitedMs: m.waiting ? 10 * MINUTE : null,
        lately: { takenAt: m.movement.lastTakenAt, watchedSince: AT - 60 * MINUTE },
      }),
    );
    expect(WHY[first?.code ?? ''], `${first?.code}: ${first?.sentence}`).toContain(judged.health);
  });
});
