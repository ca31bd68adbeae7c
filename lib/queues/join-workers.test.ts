import { describe, expect, it } from 'vitest';
import type { BrokerFigures } from '@/lib/backends/backend';
import type { Worker } from '@/lib/contracts/workers';
import { joinWorkers } from '@/lib/queues/join-workers';

const figures = (name: string): BrokerFigures => ({
  name,
  counts: {
    waiting: 1,
    active: 0,
    delayed: 0,
    prioritized: 0,
    'waiting-children': 0,
    completed: 0,
    failed: 0,
  },
  countsAtLeast: [],
  paused: false,
  oldestWaitingMs: 0,
  concurrency: null,
  rateLimit: null,
  lastError: null,
  unreadable: null,
});

const worker = (over: Partial<Worker>): Worker => ({
  source: 's',
  id: 'w',
  beats: true,
  host: null,
  pid: null,
  queues: ['emails'],
  slots: 5,
  busy: 2,
  lanes: [{ queue: 'emails', slots: 5, busy: 2 }],
  running: [],
  donePerMinute: null,
  cpu: null,
  memoryBytes: null,
  startedAt: null,
  beatAt: null,
  version: null,
  status: 'up',
  address: null,
  ...over,
});

const join = (workers: Worker[] | null) => joinWorkers('s', [figures('emails'), figures('other')], workers);

describe('joinWorkers', () => {
  it('does not know the workers when they could not be read', () => {
    expect(join(null)[0]).toMatchObject({ source: 's', workers: null, slots: null, busy: null });
  });

  it('sums what beats, queue by queue, and knows that nobody serves one', () => {
    const both = worker({
      id: 'x',
      queues: ['emails', 'exports'],
      lanes: [
        { queue: 'exports', slots: 9, busy: 9 },
        { queue: 'emails', slots: 3, busy: 0 },
      ],
    });
    const [emails, other] = join([worker({}), both]);
    expect(emails).toMatchObject({ workers: 2, slots: 8, busy: 2 });
    expect(other).toMatchObject({ workers: 0, slots: 0, busy: 0 });
  });

  it('counts a worker that does not beat, and then knows no slots', () => {
    const silent = worker({ id: 'y', beats: false, slots: null, busy: null, lanes: null });
    expect(join([worker({}), silent])[0]).toMatchObject({ workers: 2, slots: null, busy: null });
  });

  it('leaves lost workers out', () => {
    expect(join([worker({ status: 'lost' })])[0]).toMatchObject({ workers: 0, slots: 0, busy: 0 });
  });
});
