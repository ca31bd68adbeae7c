import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { failRecorded } from '@/lib/store/testing/recorded-failures';
import { createTestDatabase } from '@/lib/testing/test-database';
import { nameGroupsAgain } from './name-again';

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

/** A group as the rules of before left it. */
async function leave(
  message: string,
  more: { state?: string; note?: string; total?: number; mutedAbove?: number } = {},
) {
  const fingerprint = createHash('sha256').update(`2 ${message}`).digest().subarray(0, 16);
  const [scope] = await store.query<{ id: number }>(
    `INSERT INTO queuedeck.scope (kind, source, name, key) VALUES (3, $1, $2, $3) RETURNING id`,
    [source, fingerprint.toString('hex'), createHash('sha256').update(`${source} ${message}`).digest()],
  );
  const [row] = await store.query<{ id: number }>(
    `INSERT INTO queuedeck.failure_group (source, fingerprint, title, message, scope_id, total, first_at, last_at, state, note, muted_above)
     VALUES ($1, $2, $3, $3, $4, $5, now() - interval '1 day', now() - interval '1 hour', $6, $7, $8) RETURNING id`,
    [
      source,
      fingerprint,
      message,
      scope?.id,
      more.total ?? 1,
      more.state ?? 'open',
      more.note ?? null,
      more.mutedAbove ?? null,
    ],
  );
  return row?.id as number;
}
const again = () => nameGroupsAgain(store, source, new AbortController().signal);
const read = (id: number) =>
  store
    .query<Record<string, unknown>>(
      'SELECT id, head, title, state, note, total::int, muted_above::int FROM queuedeck.failure_group WHERE id = $1',
      [id],
    )
    .then(([row]) => row);

describe('groups that rules of before have named', () => {
  it('keep their number, state and note: the next failure finds them', async () => {
    begin();
    const muted = await leave('order k3f9za is late', { state: 'muted', note: 'TICKET-7', mutedAbove: 900 });
    expect(await again()).toBe(1);
    expect(await read(muted)).toMatchObject({
      head: muted,
      title: 'order <id> is late',
      state: 'muted',
      note: 'TICKET-7',
    });
    expect(await failRecorded(store, source, [{ message: 'order 9q2lx7 is late' }])).toEqual([muted]);
    expect(await read(muted)).toMatchObject({ total: 2, state: 'muted' });
    expect(await again()).toBe(0);
  });

  it('are merged where they are one now, with all notes, and nothing that is open is hidden', async () => {
    begin();
    const muted = await leave('order k3f9za is late', { state: 'muted', note: 'TICKET-7', total: 9 });
    const resolved = await leave('order 9q2lx7 is late', { state: 'resolved', note: 'was the disk', total: 8 });
    const open = await leave('order a1b2c3 is late', { note: 'Ann looks', total: 2 });
    const other = await leave('order a1b2c3 is lost');
    await again();
    for (const id of [muted, resolved, open]) expect(await read(id)).toMatchObject({ head: open });
    expect(await read(open)).toMatchObject({ state: 'open', title: 'order <id> is late' });
    expect(String((await read(open))?.note).split('\n')).toEqual(['Ann looks', 'TICKET-7', 'was the disk']);
    expect(await read(muted)).toMatchObject({ state: 'muted', note: 'TICKET-7', total: 9 });
    expect(await read(other)).toMatchObject({ head: other });
    expect(await failRecorded(store, source, [{ message: 'order zz81x0 is late' }])).toEqual([open]);
  });

  it('muted all, stay muted, and the number of the mute is not used up by the merge', async () => {
    begin();
    const ids = [
      await leave('order k3f9za is late', { state: 'muted', total: 5, mutedAbove: 7 }),
      await leave('order 9q2lx7 is late', { state: 'muted', total: 5, mutedAbove: 7 }),
    ];
    await again();
    const head = (await read(ids[0] as number))?.head as number;
    expect(await read(head)).toMatchObject({ state: 'muted', muted_above: 12 });
    await failRecorded(store, source, [{ message: 'order zz81x0 is late' }, { message: 'order zz81x1 is late' }]);
    expect(await read(head)).toMatchObject({ state: 'muted' });
    await failRecorded(store, source, [{ message: 'order zz81x0 is late' }]);
    expect(await read(head)).toMatchObject({ state: 'open' });
  });

  it('are many: page by page, those beyond the most that one may stand for stay as they are', async () => {
    begin();
    await store.query(
      `INSERT INTO queuedeck.failure_group (source, fingerprint, title, message, scope_id, total, first_at, last_at)
       SELECT $1, substring(sha256(convert_to($1 || n, 'UTF8')) FROM 1 FOR 16), 'order x' || n || 'y is late', 'order x' || n || 'y is late', 1, 1, now(), now()
         FROM generate_series(1, 1200) AS n`,
      [source],
    );
    expect(await again()).toBe(1_200);
    const heads = await store.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM queuedeck.failure_group WHERE source = $1 GROUP BY head ORDER BY 1 DESC',
      [source],
    );
    expect(heads[0]?.n).toBe(500);
    expect(heads).toHaveLength(701);
  });
});
