import { describe, expect, it } from 'vitest';
import {
  countSelected,
  describeDrift,
  describeShrink,
  isSelected,
  NOTHING,
  selectAll,
  toggleIds,
  toOperationFilter,
} from './selection';

const OF = { source: 'default', queue: 'emails', state: 'failed' } as const;
const FILTER = { source: 'default', queue: 'emails', states: ['failed' as const] };
const ANSWER = { matching: 1204, exact: true, asOf: '2026-11-22T14:02:10.000Z' };

describe('a selection', () => {
  it('of single jobs keeps those of other pages', () => {
    const first = toggleIds(NOTHING, ['1', '2'], true);
    const second = toggleIds(toggleIds(first, ['3'], true), ['1'], false);
    expect(countSelected(second)).toBe(2);
    expect(toOperationFilter(second, OF)).toEqual({ source: 'default', queue: 'emails', ids: ['2', '3'] });
    expect(countSelected(first)).toBe(2);
  });

  it('of all is fixed at the moment of counting, by the time that its state goes by', () => {
    expect(selectAll(FILTER, ANSWER)).toMatchObject({
      count: 1204,
      filter: { states: ['failed'], timeField: 'finished', to: ANSWER.asOf },
    });
    expect(selectAll({ ...FILTER, states: ['waiting'] }, ANSWER)).toMatchObject({ filter: { timeField: 'added' } });
  });

  it('of all keeps an earlier end that the filter names', () => {
    const to = '2026-11-22T12:00:00.000Z';
    expect(selectAll({ ...FILTER, to }, ANSWER)).toMatchObject({ filter: { to } });
    expect(selectAll({ ...FILTER, to: '2027-01-01T00:00:00.000Z' }, ANSWER)).toMatchObject({
      filter: { to: ANSWER.asOf },
    });
  });

  it('of all leaves out what failed later, also when the list shows it', () => {
    const all = selectAll(FILTER, ANSWER);
    const row = { id: '1', addedAt: '2026-11-22T10:00:00.000Z' };
    expect(isSelected(all, { ...row, finishedAt: '2026-11-22T14:02:09.000Z' })).toBe(true);
    expect(isSelected(all, { ...row, finishedAt: '2026-11-22T14:02:11.000Z' })).toBe(false);
  });
});

describe('drift', () => {
  const chosen = toggleIds(NOTHING, ['1', '2', '3', '4'], true);

  it('says how many moved on, and to what, most frequent first', () => {
    const drift = new Map([
      ['1', 'completed' as const],
      ['2', null],
      ['3', 'completed' as const],
      ['9', 'completed' as const],
    ]);
    expect(describeDrift(chosen, drift, 'failed')).toBe('3 of 4 have moved on since: 2 completed, 1 removed');
  });

  it('is silent while all are where they were, or are back there', () => {
    expect(describeDrift(chosen, new Map(), 'failed')).toBeNull();
    expect(describeDrift(chosen, new Map([['1', 'failed' as const]]), 'failed')).toBeNull();
  });

  it('of a counted set is told from a later count, when that is exact', () => {
    expect(describeShrink(1204, { matching: 1201, exact: true })).toBe('3 of 1,204 have moved on since');
    expect(describeShrink(1204, { matching: 1204, exact: true })).toBeNull();
    expect(describeShrink(1204, { matching: 900, exact: false })).toBeNull();
    expect(describeShrink(10, { matching: 12, exact: true })).toBe('2 more match now than when you selected');
  });
});
