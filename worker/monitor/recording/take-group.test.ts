import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QueueTotals } from '@/lib/backends/recording';
import type { PendingGap } from '@/lib/store/recording/marks';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import type { Finding } from './findings';
import { TRIMMED } from './gap-rows';
import { Ledger } from './ledger';
import { Marks } from './marks';
import { Memory } from './memory';
import { RefusedJobs } from './refused-jobs';
import { BatchStore } from './store-batch';
import { takeGroup } from './take-group';

let store: Store;
beforeAll(async () => {
  store = openStore(await createTestDatabase());
});
afterAll(() => store.close());

const AT = Date.UTC(2026, 10, 29);

function cutAfter(lastId: number): PendingGap {
  return { row: null, fromMs: AT, toMs: AT + 1_000, lastId, isGone: false, reason: TRIMMED };
}

function totalsOf(gap: PendingGap, ids: number): Finding {
  const task = { queue: 'burst', why: 'gap', depth: 'whole', fromMs: AT, gap, settled: 0 } as const;
  const totals: QueueTotals = { at: null, ids, failedKept: 0, completed: null, failed: null };
  return { kind: 'totals', task: { ...task }, totals, isAnew: false };
}

it.each(['the later', 'the earlier'])('counts the ids that two gaps span once, %s of them first', async (first) => {
  const marks = new Marks(store, 'test');
  marks.set('burst', { lastId: 100 });
  const earlier = cutAfter(100);
  // Met while the one before it was being compared: by then the broker had given out 400.
  const later = cutAfter(300);
  marks.set('burst', { gap: later });
  const findings = [totalsOf(earlier, 400), totalsOf(later, 900)];
  if (first === 'the later') findings.reverse();
  const scope = {
    store,
    source: 'test',
    memory: new Memory(),
    ledger: new Ledger(),
    marks,
    refused: new RefusedJobs(),
  };
  const batches = new BatchStore(store, 'test', () => '');
  const group = { findings, touched: new Set<string>(), endings: [], isArmed: true };
  const { queueNotes } = await takeGroup(group, { ...scope, batches, followed: new Set(['burst']) });
  const added = queueNotes.filter(({ metric }) => metric === 'added');
  expect(added.reduce((sum, { times }) => sum + times, 0)).toBe(800);
  expect([100, 101, 400, 401, 900, 901].map((id) => marks.isCounted('burst', `${id}`))).toEqual([
    ...[false, true, true, true, true, false],
  ]);
});
