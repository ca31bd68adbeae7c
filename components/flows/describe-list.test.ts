import { expect, it } from 'vitest';
import type { FlowList } from '@/lib/contracts/flows';
import { describeList } from './describe-list';

const page = (more: Partial<FlowList>): FlowList => ({
  ...{ items: [], nextCursor: null, searched: 0, limits: null, missing: [], failing: null, recorded: null },
  ...more,
});
const say = (...pages: FlowList[]) => describeList(pages, () => 'Monday');

it('says how much a search looked at, and what it never reaches', () => {
  expect(say(page({ searched: 200 }), page({ searched: 100, limits: 'Only the first.' }))).toBe(
    '0 flows among 300 jobs looked at. Only the first.',
  );
});

it('says how many the record knows, and what it may lack', () => {
  const recorded = [{ source: 'a', since: null, unreadQueues: 0 }];
  const failing = { flows: 10_000, atLeast: true };
  expect(say(page({ recorded, failing }))).toBe('0 flows shown of 10,000+ by the record.');
  const lacking = [
    { source: 'a', since: 'x', unreadQueues: 0 },
    { source: 'b', since: null, unreadQueues: 1 },
  ];
  expect(say(page({ recorded: lacking, failing: { flows: 2, atLeast: false }, searched: 5, limits: 'L.' }))).toBe(
    '0 flows shown of 2 by the record. What failed before Monday of "a" is not in it. 1 queue of "b" is not read whole yet. ' +
      'Sources without a record that is up to date: 5 jobs looked at. L.',
  );
});

it('says that there is no record to ask', () => {
  expect(say(page({ recorded: [], searched: 5, limits: 'L.' }))).toBe(
    '0 flows among 5 jobs looked at. No record that is up to date knows which flows failed. L.',
  );
});
