import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '@/lib/testing/test-database';
import { cleanText, toJsonb } from './clean-text';
import { openStore } from './store';

const NUL = '\u0000';

describe('what a broker may hold and the store cannot', () => {
  it('is written as jsonb with a replacement in its place', async () => {
    const store = openStore(await createTestDatabase());
    const odd = { [`a${NUL}`]: ['\ud800', 'x\udc00y', '\\u0000', '\\\\ud800', '🙂', '"\n'] };
    const [row] = await store.query<{ kept: unknown }>('SELECT $1::jsonb AS kept', [toJsonb(odd)]);
    expect(row?.kept).toEqual({ 'a\ufffd': ['\ufffd', 'x\ufffdy', '\\u0000', '\\\\ud800', '🙂', '"\n'] });
    expect(toJsonb(undefined)).toBe('null');
    await store.close();
  });

  it('is looked up as it is recorded', async () => {
    const store = openStore(await createTestDatabase());
    const [row] = await store.query('SELECT $1::text AS one, $2::text[] AS some', [`a${NUL}b`, ['c', `d${NUL}`, null]]);
    expect(row).toEqual({ one: cleanText(`a${NUL}b`), some: ['c', 'd\ufffd', null] });
    await store.close();
  });
});
