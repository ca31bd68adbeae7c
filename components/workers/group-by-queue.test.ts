import { expect, it } from 'vitest';
import { groupByQueue } from '@/components/workers/group-by-queue';
import type { Worker } from '@/lib/contracts/workers';

const worker = (changes: Partial<Worker>): Worker => ({
  source: 'default',
  id: 'a',
  beats: true,
  host: 'h',
  pid: 1,
  queues: ['emails'],
  slots: 4,
  busy: 3,
  lanes: [{ queue: 'emails', slots: 4, busy: 3 }],
  running: [],
  donePerMinute: null,
  cpu: null,
  memoryBytes: null,
  startedAt: null,
  beatAt: null,
  version: null,
  status: 'up',
  address: null,
  ...changes,
});

it('lists each queue once with all who take from it, and counts nothing that is unknown', () => {
  const running = [{ queue: 'exports', id: '1', name: 'export-orders', startedAt: '2026-11-22T13:42:00.000Z' }];
  const groups = groupByQueue([
    worker({}),
    worker({ id: 'b', queues: ['emails', 'exports'], running, busy: 1 }),
    worker({ id: 'c', queues: ['reports'], running: null, busy: null }),
    worker({ id: 'd', status: 'lost' }),
  ]);
  expect(groups.map(({ queue, workers, running: count }) => [queue, workers.length, count])).toEqual([
    ['emails', 2, 3],
    ['exports', 1, 1],
    ['reports', 1, null],
  ]);
});
