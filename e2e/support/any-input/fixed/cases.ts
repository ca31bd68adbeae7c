import { percentEncode } from '../making/encode';
import type { World } from '../world/world';
import { type FixedCase, get } from './case';
import { fixedCursors } from './cursors';
import { addresses, headers, strangers } from './doors';
import { jobs, texts } from './texts';
import { files, names, nesting, times } from './values';

/** A table that goes before the random calls: each of them was a 500, a hang, a page for a stranger, or an answer without its headers. */
export function fixedCases(world: World): FixedCase[] {
  return [
    ...addresses(),
    ...strangers(),
    ...headers(world),
    ...texts(),
    ...['redis', 'postgres'].flatMap(jobs),
    ...names(world),
    ...nesting(),
    ...times(),
    ...files(),
    ...fixedCursors(world).map(({ path, cursor }) =>
      get(`/api/v1${path}${path.includes('?') ? '&' : '?'}cursor=${percentEncode(cursor)}`, 422, {
        code: 'validation_failed',
        says: '"path":"cursor"',
      }),
    ),
  ];
}
