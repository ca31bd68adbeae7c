import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore, type Store } from '@/lib/store/store';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { recordHistory } from './record-history';
import { isRefusedByStore } from './recording/refused-jobs';

const SOURCE = 'test';
const DAY_MS = 86_400_000;
const SOON = { timeout: 15_000, interval: 100 };

/** One job that a constraint refuses, as an index or a type would; and a queue of which a trigger refuses all, with a code of its own. */
const REFUSALS = `
  ALTER TABLE queuedeck.job ADD CONSTRAINT no_odd_ids CHECK (id NOT LIKE 'odd%');
  CREATE FUNCTION refuse_cursed() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (SELECT queue FROM queuedeck.scope WHERE id = NEW.queue_id) = 'cursed' THEN RAISE EXCEPTION 'the queue is cursed'; END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER refuse_cursed BEFORE INSERT ON queuedeck.job FOR EACH ROW EXECUTE FUNCTION refuse_cursed();`;

it.each([
  ...['21000', '22001', '22P05', '23505', '23514', '54000', 'P0001', '44000', '39000'].map(
    (code) => [code, true] as const,
  ),
  ...[
    '08006',
    '25006',
    '40P01',
    '42P01',
    '42501',
    '53100',
    '53300',
    '57014',
    '57P01',
    '58030',
    'XX001',
    'ECONNRESET',
  ].map((code) => [code, false] as const),
])('%s is what is wrong with the data: %s', (code, isOfData) => {
  expect(isRefusedByStore(Object.assign(new Error('no'), { code }))).toBe(isOfData);
});

interface Recorded {
  broker: TestBroker;
  store: Store;
  stop(): Promise<void>;
}

/** Both at the same time: each with a store of its own, and all that is refused in it before the first test. */
const begun = new Map<string, Promise<Recorded>>();
beforeAll(async () => {
  begun.set('Redis', begin(openRedisBroker));
  begun.set('PostgreSQL', begin(openPostgresBroker));
  await Promise.all(begun.values());
});
afterAll(async () => {
  for (const one of await Promise.allSettled(begun.values())) if (one.status === 'fulfilled') await one.value.stop();
});

async function begin(open: () => Promise<TestBroker>): Promise<Recorded> {
  const [broker, url] = await Promise.all([open(), createTestDatabase()]);
  const store = openStore(url);
  await store.query(REFUSALS);
  await broker.queue('old').addBulk([...plain(50), { name: 'old', data: {}, opts: { jobId: 'odd-old' } }]);
  const stopping = new AbortController();
  const times = { keepMs: 30 * DAY_MS, reconcileEveryMs: 1_000 };
  const recording = recordHistory({ store, backend: broker.backend, owner: 'test', signal: stopping.signal, ...times });
  await vi.waitUntil(async () => (await countRecorded(store, 'old')) === 50, SOON);
  const odd = { name: 'odd', data: { of: 'odd' }, opts: { jobId: 'odd-new' } };
  await broker.queue('healthy').addBulk([...plain(100), odd, ...plain(100)]);
  await broker.queue('cursed').addBulk(plain(20));
  const stop = async () => {
    stopping.abort();
    await recording;
    await store.close();
    await broker.close();
  };
  return { broker, store, stop };
}

async function countRecorded(store: Store, queue: string): Promise<number> {
  const [row] = await store.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM queuedeck.job j JOIN queuedeck.scope s ON s.id = j.queue_id WHERE s.queue = $1`,
    [queue],
  );
  return row?.n ?? 0;
}

describe.each(['Redis', 'PostgreSQL'])('what the store refuses, of BullMQ on %s', (kind) => {
  let broker: TestBroker;
  let store: Store;
  beforeAll(async () => {
    const recorded = await begun.get(kind);
    if (!recorded) throw new Error('it was not begun');
    ({ broker, store } = recorded);
  });

  const aside = (queue: string) =>
    store.query<{ job: string; reason: string; sample: string | null }>(
      'SELECT job, reason, sample FROM queuedeck.set_aside WHERE source = $1 AND queue = $2 ORDER BY job',
      [SOURCE, queue],
    );
  const gaps = (queue: string) =>
    store.query<{ unseen: number; reason: string }>(
      'SELECT unseen, reason FROM queuedeck.recording_gap WHERE source = $1 AND queue = $2',
      [SOURCE, queue],
    );

  it('holds up nothing beside it: the rest of its batch, of its queue and of others is recorded', async () => {
    await expect.poll(() => countRecorded(store, 'healthy'), SOON).toBe(200);
    const [figure] = await store.query<{ added: number }>(
      `SELECT sum(f.added)::int AS added FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id
        WHERE s.kind = 1 AND s.queue = 'healthy' AND f.level = 0`,
    );
    expect(figure?.added).toBe(200);
    expect(await countRecorded(store, 'cursed')).toBe(0);
  });

  it('is set aside with its reason and some of it, and told as a gap of its queue', async () => {
    await expect.poll(async () => (await aside('cursed')).length, SOON).toBe(20);
    expect(new Set((await aside('cursed')).map(({ reason }) => reason))).toEqual(new Set(['the queue is cursed']));
    expect(await aside('healthy')).toMatchObject([{ job: 'odd-new', reason: expect.stringContaining('no_odd_ids') }]);
    const sample = JSON.parse((await aside('healthy'))[0]?.sample ?? '');
    expect({ ...sample, data: JSON.parse(sample.data) }).toMatchObject({ name: 'odd', data: { of: 'odd' } });
    expect(await gaps('healthy')).toMatchObject([{ unseen: 1, reason: expect.stringContaining('no_odd_ids') }]);
    expect((await gaps('cursed')).reduce((sum, { unseen }) => sum + unseen, 0)).toBe(20);
  });

  it('does not hold up the comparison either: what was there before is read, and compared again and again', async () => {
    expect(await aside('old')).toMatchObject([{ job: 'odd-old', reason: expect.stringContaining('no_odd_ids') }]);
    const compared = async () =>
      (
        await store.query<{ at: Date | null }>('SELECT reconciled_at AS at FROM queuedeck.recorder')
      )[0]?.at?.getTime() ?? 0;
    const before = await compared();
    await expect.poll(compared, SOON).toBeGreaterThan(before);
    await broker.queue('cursed').addBulk(plain(3));
    await broker.queue('healthy').addBulk(plain(5));
    await expect.poll(() => countRecorded(store, 'healthy'), SOON).toBe(205);
    expect(await countRecorded(store, 'old')).toBe(50);
  });
});

const plain = (count: number) => Array.from({ length: count }, (_, n) => ({ name: 'plain', data: { n } }));
