import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { moveCursor, type RecordBatch, type RecordCursor } from '@/lib/backends/recording';
import { startPostgres, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { openTestBroker, type TestBroker } from '../postgres/open-test-broker';

let server: TestServer;
let broker: TestBroker;
let stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startPostgres();
  broker = await openTestBroker(server.url);
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});
afterAll(async () => {
  await broker.close();
  await server.stop();
});

async function follow(from: RecordCursor | null) {
  const ends = new AbortController();
  const batches: RecordBatch[] = [];
  const done = (async () => {
    for await (const batch of broker.backend.recording?.record(from, { signal: ends.signal }) ?? [])
      batches.push(batch);
  })();
  const stop = async () => {
    ends.abort();
    await done;
  };
  stops.push(stop);
  await until(() => batches.some(({ more }) => !more), 'the record to be up to now');
  const cursor = () => batches.reduce<RecordCursor | null>((moved, batch) => moveCursor(moved, batch.cursor), from);
  return { batches, stop, cursor, ids: () => batches.flatMap(({ events }) => events.map(({ id }) => id)) };
}

const add = (queue: string, id: string) => broker.backend.addJobs(queue, [{ name: 'one', data: {}, options: { id } }]);

/** 384 KB that cannot be compressed. */
const CHANCE = `(SELECT string_agg(md5(random()::text || i), '') FROM generate_series(1, 12000) AS i)`;
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}${n + 1}`);

describe('recording on PostgreSQL', () => {
  it('passes over no event that is committed late, though later ones were there before', async () => {
    const followed = await follow(null);
    const client = await broker.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT publish_event('late', 'added', '{"jobId": "slow", "name": "slow"}')`);
      await add('late', 'quick');
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(followed.ids()).toEqual([]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await until(() => followed.ids().includes('quick'), 'both');
    expect(followed.ids()).toEqual(['slow', 'quick', 'quick']);
  });

  it('is held back by a transaction that stays open for a few seconds only', async () => {
    const followed = await follow(null);
    const client = await broker.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_current_xact_id()');
      await add('held', 'one');
      await until(() => followed.ids().includes('one'), 'the record to go on');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('reads what a transaction said that was passed over, before what came of it', async () => {
    const followed = await follow(null);
    const client = await broker.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SAVEPOINT deep');
      await client.query(`SELECT publish_event('passed', 'added', '{"jobId": "slow", "name": "slow"}')`);
      for (let n = 0; n < 5; n += 1) await add('passed', `quick-${n}`);
      await until(() => followed.ids().includes('quick-4'), 'the record to go on');
      expect(followed.ids()).not.toContain('slow');
      await client.query('COMMIT');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    await broker.sql(`SELECT publish_event('passed', 'active', '{"jobId": "slow"}')`);
    await until(
      () => followed.batches.flatMap(({ events }) => events).some(({ kind }) => kind === 'active'),
      'its start',
    );
    const ofSlow = followed.batches.flatMap(({ events }) => events.filter(({ id }) => id === 'slow'));
    expect(ofSlow.map(({ kind }) => kind)).toEqual(['added', 'active']);
    expect(followed.ids().filter((id) => id.startsWith('quick'))).toHaveLength(10);
  });

  it('reads once what two transactions said that were passed over, one within the other', async () => {
    const followed = await follow(null);
    const [outer, inner] = [await broker.pool.connect(), await broker.pool.connect()];
    try {
      await outer.query('BEGIN');
      await outer.query('SELECT pg_current_xact_id()');
      await inner.query('BEGIN');
      await inner.query(`SELECT publish_event('nested', 'added', '{"jobId": "inner", "name": "one"}')`);
      await add('nested', 'beside');
      await until(() => followed.ids().includes('beside'), 'the record to go on');
      await inner.query('COMMIT');
      await until(() => followed.ids().includes('inner'), 'what was passed over');
      await outer.query('COMMIT');
    } finally {
      await inner.query('ROLLBACK');
      await outer.query('ROLLBACK');
      inner.release();
      outer.release();
    }
    await add('nested', 'last');
    await until(() => followed.ids().includes('last'), 'what came after both');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(followed.ids().filter((id) => id === 'inner')).toHaveLength(1);
    expect(followed.ids().filter((id) => id === 'beside')).toHaveLength(2);
  });

  it('takes events and jobs as heavy as they come, some at a time', async () => {
    const followed = await follow(null);
    await broker.sql(`DO $$ BEGIN FOR n IN 1..20 LOOP
      INSERT INTO job (queue, id, name, data, state, added_at_ms, seq) VALUES ('heavy', 'h' || n, 'one', to_jsonb(${CHANCE}), 'waiting', 1764000000000, n);
      PERFORM publish_event('heavy', 'added', jsonb_build_object('jobId', 'h' || n, 'name', 'one'));
      PERFORM publish_event('heavy', 'completed', jsonb_build_object('jobId', 'h' || n, 'returnvalue', ${CHANCE}));
    END LOOP; END $$`);
    await until(() => followed.ids().includes('h20'), 'the last of them');
    await until(() => followed.ids().length >= 40, 'all of them');
    expect(followed.ids()).toHaveLength(40);
    expect(followed.batches.filter(({ events }) => events.length > 0).length).toBeGreaterThan(3);
    const fields = followed.batches.flatMap((batch) => batch.fields);
    expect(new Set(fields.map(({ id }) => id)).size).toBe(20);
    expect(fields.every(({ name, dataBytes }) => name === 'one' && dataBytes > 300_000)).toBe(true);
  });

  it('takes as much as a transaction said that was passed over some at a time, and before what came of it', async () => {
    const followed = await follow(null);
    const client = await broker.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT publish_event('long', 'completed', jsonb_build_object('jobId', 'big' || n, 'returnvalue', ${CHANCE}))
        FROM generate_series(1, 12) AS n`);
      await client.query(`SELECT publish_event('long', 'progress', jsonb_build_object('jobId', 'small' || n, 'data', '1'))
        FROM generate_series(1, 6500) AS n`);
      await add('long', 'beside');
      await until(() => followed.ids().includes('beside'), 'the record to go on');
      expect(followed.ids().filter((id) => id !== 'beside')).toEqual([]);
      await client.query('COMMIT');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    await broker.sql(`SELECT publish_event('long', 'active', '{"jobId": "big1"}')`);
    await until(() => followed.batches.some(({ events }) => events.some(({ kind }) => kind === 'active')), 'its start');
    const late = [...numbered('big', 12), ...numbered('small', 6_500)];
    expect(followed.ids().filter((id) => id !== 'beside')).toEqual([...late, 'big1']);
    expect(Math.max(...followed.batches.map(({ events }) => events.length))).toBeLessThanOrEqual(3_000);
    expect(followed.batches.filter(({ events }) => events.length > 0).length).toBeGreaterThan(5);
    expect(Math.max(...followed.batches.map(({ lagMs }) => lagMs))).toBeLessThan(60_000);
  });

  it('takes no queue for removed that was quiet while the ids of others went past the end of its log', async () => {
    await broker.sql(
      `INSERT INTO meta (queue, field, value) VALUES ('calm', 'opts.maxLenEvents', '50') ON CONFLICT DO NOTHING`,
    );
    const followed = await follow(null);
    await add('calm', 'first');
    await until(() => followed.ids().includes('first'), 'the first job');
    await broker.sql(
      `SELECT publish_event('loud', 'progress', jsonb_build_object('jobId', 'loud-' || i, 'data', '1')) FROM generate_series(1, 300) AS i`,
    );
    await until(() => followed.ids().includes('loud-300'), 'the others');
    await broker.sql(`DELETE FROM event WHERE queue = 'calm' AND id <= (SELECT max(id) FROM event) - 50`);
    await add('calm', 'second');
    await until(() => followed.ids().includes('second'), 'the second job');
    expect(followed.batches.flatMap((batch) => batch.gaps)).toEqual([]);
  });

  it('tells a queue that was removed and made again within one look', async () => {
    const followed = await follow(null);
    await add('again', 'old');
    await until(() => followed.ids().includes('old'), 'the old life');
    await broker.sql(`DELETE FROM event WHERE queue = 'again'`);
    await broker.sql(`DELETE FROM job WHERE queue = 'again'`);
    await add('again', 'new');
    await until(() => followed.ids().includes('new'), 'the new life');
    const gaps = followed.batches.flatMap((batch) => batch.gaps);
    expect(gaps.map(({ queue, isGone }) => [queue, isGone])).toEqual([['again', true]]);
  });

  it('begins with now, though a transaction that is older stays open', async () => {
    await add('before', 'long-ago');
    const client = await broker.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_current_xact_id()');
      await add('before', 'just-now');
      const followed = await follow(null);
      await add('before', 'after');
      await until(() => followed.ids().includes('after'), 'what came after');
      expect(followed.ids()).not.toContain('long-ago');
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('goes on when ids are given out anew, and tells what it cannot know', async () => {
    await add('restored', 'first');
    const before = await follow(null);
    await add('restored', 'second');
    await until(() => before.ids().includes('second'), 'the second job');
    await before.stop();
    await broker.sql('TRUNCATE event');
    await broker.sql('ALTER SEQUENCE event_seq RESTART');
    const after = await follow(before.cursor());
    await add('restored', 'third');
    await until(() => after.ids().includes('third'), 'the third job');
    expect(after.batches.flatMap((batch) => batch.gaps).map(({ queue }) => queue)).toContain('restored');
  });

  it('tells a queue whose events were trimmed past the cursor, and none that was only quiet', async () => {
    await broker.sql(
      `INSERT INTO meta (queue, field, value) VALUES ('trimmed', 'opts.maxLenEvents', '50') ON CONFLICT DO NOTHING`,
    );
    await add('trimmed', 'first');
    await add('quiet', 'first');
    const before = await follow(null);
    await add('trimmed', 'second');
    await until(() => before.ids().includes('second'), 'the second job');
    await before.stop();
    const cursor = before.cursor();
    await broker.sql(
      `SELECT publish_event('trimmed', 'progress', jsonb_build_object('jobId', 'many-' || i, 'data', '1')) FROM generate_series(1, 1000) AS i`,
    );
    await add('quiet', 'second');
    const after = await follow(cursor);
    await until(() => after.ids().includes('many-1000'), 'what was kept');
    const gaps = after.batches.flatMap((batch) => batch.gaps);
    expect(gaps.map(({ queue }) => queue)).toEqual(['trimmed']);
    expect(gaps[0]?.fromMs).toBeLessThanOrEqual(gaps[0]?.toMs ?? 0);
    expect(after.ids()).toContain('second');
  });
});
