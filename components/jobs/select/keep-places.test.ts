import { expect, it } from 'vitest';
import { keepPlaces } from './use-frozen';

it('rows keep their place and their number, each as it is now', () => {
  const held = [
    { id: '1', state: 'failed' },
    { id: '2', state: 'failed' },
    { id: '3', state: 'failed' },
  ];
  const now = [
    { id: '9', state: 'failed' },
    { id: '3', state: 'active' },
    { id: '1', state: 'failed' },
  ];
  expect(keepPlaces(held, now)).toEqual([
    { id: '1', state: 'failed' },
    { id: '2', state: 'failed' },
    { id: '3', state: 'active' },
  ]);
});
