import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { failRecorded, type GivenFailure } from '@/lib/store/testing/recorded-failures';
import { createTestDatabase } from '@/lib/testing/test-database';
import { MOST_NEW } from './fold-families';

const HOUR_MS = 3_600_000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

let store: Store;
let source = '';
let sources = 0;

beforeAll(async () => {
  store = openStore(await createTestDatabase());
});
afterAll(() => store.close());

const begin = () => {
  sources += 1;
  source = `s${sources}`;
};
/** Names that no rule folds: words of a dictionary that nobody has. */
const nameOf = (n: number) => `${LETTERS[n % 26]}${LETTERS[Math.floor(n / 26) % 26]}el`;
const storm = (from: number, count: number, at: number, frame: string | null = 'send (a/b.ts)'): GivenFailure[] =>
  Array.from({ length: count }, (_, i) => ({
    message: `could not deliver parcels ${nameOf(from + i)} today`,
    frame,
    at: at + i,
  }));
const read = () =>
  store.query<{ title: string; total: number; is_folded: boolean }>(
    'SELECT title, total::int, is_folded FROM queuedeck.failure_group WHERE source = $1 ORDER BY id',
    [source],
  );

describe('the valve', () => {
  it('lets so many new names of a family open groups within an hour, and puts the rest into one', async () => {
    begin();
    const at = Date.now() - 5 * HOUR_MS;
    const ids = await failRecorded(store, source, storm(0, 60, at));
    const rows = await read();
    expect(rows).toHaveLength(MOST_NEW + 1);
    expect(rows.filter(({ is_folded }) => is_folded)).toEqual([
      { title: 'could not deliver …', total: 60 - MOST_NEW, is_folded: true },
    ]);
    expect(new Set(ids).size).toBe(MOST_NEW + 1);
    expect(rows.reduce((sum, { total }) => sum + total, 0)).toBe(60);
  });

  it('comes out the same in one batch or many, after a restart, and when a batch is written again', async () => {
    const at = Date.now() - 5 * HOUR_MS;
    const all = storm(0, 70, at);
    const outcomes = [];
    for (const size of [70, 7, 1]) {
      begin();
      for (let from = 0; from < all.length; from += size) {
        const batch = all.slice(from, from + size);
        await failRecorded(store, source, batch, true);
        await failRecorded(store, source, batch);
      }
      outcomes.push((await read()).map(({ title, total }) => `${total} ${title}`).sort());
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });

  it('counts what has a group already there, though the valve is shut', async () => {
    begin();
    const at = Date.now() - 5 * HOUR_MS;
    await failRecorded(store, source, storm(0, 40, at));
    const [known] = storm(0, 1, at + 1_000);
    await failRecorded(store, source, [known as GivenFailure]);
    expect((await read())[0]).toMatchObject({ total: 2, is_folded: false });
    expect(await read()).toHaveLength(MOST_NEW + 1);
  });

  it('opens an hour after the last, and stays shut while they come', async () => {
    begin();
    const at = Date.now() - 9 * HOUR_MS;
    await failRecorded(store, source, storm(0, 30, at));
    await failRecorded(store, source, storm(100, 1, at + 0.9 * HOUR_MS));
    await failRecorded(store, source, storm(101, 1, at + 1.8 * HOUR_MS));
    expect(await read()).toHaveLength(MOST_NEW + 1);
    await failRecorded(store, source, storm(102, 1, at + 3 * HOUR_MS));
    expect(await read()).toHaveLength(MOST_NEW + 2);
  });

  it('is of one family: another frame, other first words, another source or an hour with few are not touched', async () => {
    begin();
    const at = Date.now() - 9 * HOUR_MS;
    await failRecorded(store, source, storm(0, 30, at));
    const others = [
      { message: 'could not reach parcels today', frame: 'send (a/b.ts)', at },
      { message: 'could not deliver parcels abel today', frame: 'other (a/c.ts)', at },
      ...storm(0, 1, at, null),
    ];
    await failRecorded(store, source, others);
    expect(await read()).toHaveLength(MOST_NEW + 1 + others.length);
    begin();
    for (let i = 0; i < 40; i += 1) await failRecorded(store, source, storm(i, 1, at + (i * HOUR_MS) / 10));
    expect(await read()).toHaveLength(40);
  });

  it('takes texts without spaces, and without words, too', async () => {
    begin();
    const at = Date.now() - 5 * HOUR_MS;
    const chinese = Array.from({ length: 30 }, (_, i) => ({ message: `订单${nameOf(i)}支付失败`, at: at + i }));
    const signs = Array.from({ length: 30 }, (_, i) => ({ message: '!'.repeat(i + 1), at: at + i }));
    await failRecorded(store, source, chinese);
    await failRecorded(store, source, signs);
    expect((await read()).filter(({ is_folded }) => is_folded).map(({ title }) => title)).toContain('…');
    expect((await read()).length).toBeLessThanOrEqual(30 + MOST_NEW + 2);
  });
});
