import { expect, it } from 'vitest';
import { MOST_ATTEMPTS, type RawFields, toRecordedFields } from './fields';

const NOW = Date.UTC(2026, 10, 28);
const read = (raw: RawFields) => toRecordedFields('q', 'id', null, { timestamp: String(NOW), ...raw }, null);

it.each([
  ['2147483648', MOST_ATTEMPTS],
  ['99999999999999999999', MOST_ATTEMPTS],
  ['1e300', MOST_ATTEMPTS],
  ['32767', 32_767],
  ['3', 3],
  ['1.9', 1],
  ['-5', 0],
  ['many', 0],
  ['NaN', 0],
  ['Infinity', 0],
  ['', 0],
])('takes %j attempts for %j', (text, attempts) => {
  const { attemptsMade, attemptsStarted, stalledCount } = read({ atm: text, ats: text, stc: text });
  expect([attemptsMade, attemptsStarted, stalledCount]).toEqual([attempts, attempts, attempts]);
});

it.each([
  `${NOW}000000`,
  '9404000000000000',
  '253402300800000',
  '-62135596800001',
  '-1',
  '0',
  'NaN',
  'inf',
  '1e300',
  'yesterday',
  '',
])('does not know when %j is', (text) => {
  const { addedAt, startedAt, finishedAt } = read({ timestamp: text, processedOn: text, finishedOn: text });
  expect([addedAt, startedAt, finishedAt]).toEqual([0, null, null]);
});

it('knows the first and the last moment that a date can be of', () => {
  expect(read({ timestamp: '1', finishedOn: '253402300799999' })).toMatchObject({
    addedAt: 1,
    finishedAt: 253_402_300_799_999,
  });
});
