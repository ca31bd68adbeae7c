import { expect, it } from 'vitest';
import type { QueueLook } from '@/lib/backends/bullmq/worker/look/shape';
import { describeNext, findReason } from './find-reason';

const FREE: QueueLook = { others: [], unknown: [] };
const job = (name: string, id = '1') => ({ name, id, of: 'job' as const });

it('finds nothing against a queue of nobody else', () => {
  expect(findReason(FREE)).toBeNull();
});

it.each<[string, QueueLook | Error]>([
  ['It could not be looked into: WRONGTYPE', new Error('WRONGTYPE')],
  [
    'The broker does not list its clients (CLIENT LIST), so other workers on it cannot be seen.',
    { ...FREE, others: null },
  ],
  ['Another worker takes its jobs: crew@10.0.0.3.', { ...FREE, others: ['crew@10.0.0.3'] }],
  ['Other workers take its jobs: a, b and 2 more.', { others: ['a', 'b', 'c', 'd'], unknown: [job('theirs')] }],
  ['It holds jobs named "resize", and no task of ours is called that.', { ...FREE, unknown: [job('resize')] }],
  [
    'It holds jobs or schedulers of other names than our tasks have: "resize", "crop" and 1 more.',
    { ...FREE, unknown: [job('resize'), job('crop'), job('turn')] },
  ],
  [
    'Its scheduler "nightly" makes jobs named "clean", and no task of ours is called that.',
    { ...FREE, unknown: [{ name: 'clean', id: 'nightly', of: 'scheduler' }] },
  ],
  ['It holds a job without a name ("17").', { ...FREE, unknown: [job('', '17')] }],
])('says: %s', (sentence, look) => {
  expect(findReason(look)?.sentence).toBe(sentence);
});

it('bounds what others have written, and shows control characters as what they are', () => {
  const long = findReason({ ...FREE, unknown: [job('x'.repeat(5_000))] });
  expect(long?.sentence.length).toBeLessThan(140);
  const odd = describeNext({ id: '1', name: 'a\u0000b\n\ud800', unreadable: null });
  expect(odd.sentence).toContain('"a\\u0000b\\n\\ud800"');
  expect(findReason(new Error('y'.repeat(5_000)))?.sentence.length).toBeLessThan(260);
});
