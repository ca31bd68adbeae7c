import { expect, it } from 'vitest';
import { countReady, isReadyAtLeast, readyState } from '@/components/queues/ready';
import type { QueueFigures } from '@/lib/contracts/queues';

const NONE = { waiting: 0, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed: 0 };
const queue = (counts: Partial<QueueFigures['counts']>, more: Partial<QueueFigures> = {}): QueueFigures => ({
  source: 's',
  name: 'q',
  counts: { ...NONE, ...counts },
  countsAtLeast: [],
  paused: false,
  oldestWaitingMs: 0,
  workers: 1,
  slots: 4,
  busy: 0,
  concurrency: null,
  rateLimit: null,
  lastError: null,
  unreadable: null,
  health: 'moving',
  attention: [],
  ...more,
});

it('takes prioritized jobs for work that waits', () => {
  const starving = queue({ prioritized: 900 }, { oldestWaitingMs: 1_200_000 });
  expect(countReady(starving)).toBe(900);
  expect(readyState(starving)).toBe('prioritized');
  expect(readyState(queue({ waiting: 1, prioritized: 900 }))).toBe('waiting');
});

it('tells a sum of which a part is not known as a lower bound', () => {
  const counts = { ...NONE, waiting: 12, prioritized: null };
  expect(countReady({ counts })).toBe(12);
  expect(isReadyAtLeast({ counts, countsAtLeast: [] })).toBe(true);
  expect(isReadyAtLeast(queue({ waiting: 12 }))).toBe(false);
  expect(isReadyAtLeast(queue({}, { countsAtLeast: ['prioritized'] }))).toBe(true);
  expect(countReady({ counts: { ...NONE, waiting: null, prioritized: null } })).toBeNull();
});
