import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '@/lib/testing/test-database';
import { SCOPE_KINDS, scopeKey } from './history/scope-key';
import { migrate } from './migrate';
import { MIGRATIONS } from './migrations/all';
import { openStore } from './store';

type Row = Record<string, unknown>;

/** A value that a column of the type takes, the same each time, so that keys that point at each other fit. */
const VALUES: Record<string, unknown> = {
  text: 'x',
  json: '{"a": 1}',
  jsonb: '{"a": 1}',
  timestamptz: '2026-11-20T10:00:00Z',
  int2: 1,
  int4: 1,
  int8: 1,
  float4: 1,
  float8: 1,
  bool: true,
  bytea: Buffer.from([1, 2, 3]),
  uuid: '6f0b0f6e-6a1c-4b1e-8f53-0c7b0a9b6d11',
  _text: ['a', 'b'],
  _int2: [1, 2],
  _int4: [1, 2],
  _float8: [1, 2],
  _timestamptz: ['2026-11-20T10:00:00Z'],
  _int8: [1, 2],
};
/** What a later step keeps elsewhere; each has a test of its own. */
const MOVED: Record<string, string[]> = { recorder: ['cursor', 'progress'] };
/** What a CHECK asks for. */
const WORDS: Record<string, string> = {
  'effect.state': 'done',
  'operation.state': 'done',
  'failure_group.state': 'open',
  'paused_scheduler.phase': 'paused',
  'worker_queue.state': 'works',
};

async function withPool(run: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const pool = new pg.Pool({ connectionString: await createTestDatabase(), max: 2 });
  try {
    await run(pool);
  } finally {
    await pool.end();
  }
}

/** A store as the version that ended with this step left it. */
async function makeOld(pool: pg.Pool, steps: number): Promise<void> {
  await pool.query('CREATE SCHEMA queuedeck');
  await pool.query(
    'CREATE TABLE queuedeck.migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  for (const { name, sql } of MIGRATIONS.slice(0, steps)) {
    await pool.query(sql);
    await pool.query('INSERT INTO queuedeck.migration (name) VALUES ($1)', [name]);
  }
}

/** One row in each table: every column that takes one, in the order in which the tables were made. */
async function fill(pool: pg.Pool): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'queuedeck'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
        AND c.relname <> 'migration' ORDER BY c.oid`,
  );
  for (const { name } of tables) {
    const { rows: columns } = await pool.query<{ column: string; type: string; identity: boolean }>(
      `SELECT column_name AS column, udt_name AS type, is_identity = 'YES' AS identity FROM information_schema.columns
        WHERE table_schema = 'queuedeck' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`,
      [name],
    );
    const given = columns.filter(({ identity }) => !identity);
    const values = given.map(({ column, type }) => {
      const value = WORDS[`${name}.${column}`] ?? VALUES[type];
      if (value === undefined) throw new Error(`no value for ${name}.${column} of type ${type}`);
      return value;
    });
    await pool.query(
      `INSERT INTO queuedeck.${name} (${given.map(({ column }) => `"${column}"`).join(', ')}) VALUES (${given.map((_, i) => `$${i + 1}`).join(', ')})`,
      values,
    );
  }
  return tables.map(({ name }) => name);
}

async function readRows(pool: pg.Pool, tables: readonly string[]): Promise<Record<string, Row[]>> {
  const found: Record<string, Row[]> = {};
  for (const name of tables) found[name] = (await pool.query<Row>(`SELECT * FROM queuedeck.${name}`)).rows;
  return found;
}

describe('bringing a store up to date', () => {
  it.each(MIGRATIONS.slice(0, -1).map(({ name }, i) => [name, i + 1] as const))(
    'keeps every row of a store that ended with %s',
    async (_name, steps) => {
      await withPool(async (pool) => {
        await makeOld(pool, steps);
        const tables = await fill(pool);
        expect(tables.length).toBeGreaterThan(5);
        const before = await readRows(pool, tables);
        await migrate(pool);
        const after = await readRows(pool, tables);
        for (const name of tables) {
          expect(before[name], name).toHaveLength(1);
          const kept = Object.entries(before[name]?.[0] as Row).filter(([column]) => !MOVED[name]?.includes(column));
          expect(after[name]?.[0], name).toMatchObject(Object.fromEntries(kept));
        }
        const { rows } = await pool.query<{ name: string }>(
          'SELECT name FROM queuedeck.migration ORDER BY applied_at, name',
        );
        expect(rows.map((row) => row.name).sort()).toEqual(MIGRATIONS.map(({ name }) => name).sort());
      });
    },
  );

  it('takes the time that a step needs, while questions are answered in theirs', async () => {
    const url = await createTestDatabase();
    const owner = new pg.Pool({ connectionString: url, max: 2 });
    const pool = new pg.Pool({ connectionString: url, max: 1, query_timeout: 1_500, statement_timeout: 1_500 });
    const store = openStore(url, { migratingMs: 1_000 });
    await makeOld(
      owner,
      MIGRATIONS.findIndex(({ name }) => name === '0050-record-isolation'),
    );
    const holder = await owner.connect();
    await holder.query('BEGIN; LOCK TABLE queuedeck.recorder');
    const done = migrate(pool).then(() => 'done');
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await Promise.race([done, new Promise((late) => setTimeout(late, 2_000, 'still at it'))])).toBe(
      'still at it',
    );
    await holder.query('COMMIT');
    holder.release();
    expect(await done).toBe('done');
    expect(await store.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await pool.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '1500ms' }]);
    await Promise.all([owner.end(), pool.end(), store.close()]);
  });

  it('goes on with the record where it was: each queue has its own row', async () => {
    await withPool(async (pool) => {
      await makeOld(
        pool,
        MIGRATIONS.findIndex(({ name }) => name === '0050-record-isolation'),
      );
      const cursor = { '': '10-0', emails: '12-3', 'a:"b': '10-0' };
      const progress = {
        ids: { emails: 7, gone: 3 },
        swept: ['emails'],
        gaps: [{ queue: 'emails', fromMs: 1, toMs: 2, lastId: 3 }],
      };
      await pool.query('INSERT INTO queuedeck.recorder (source, epoch, cursor, progress) VALUES ($1, 4, $2, $3)', [
        'src',
        JSON.stringify(cursor),
        JSON.stringify(progress),
      ]);
      await pool.query(`INSERT INTO queuedeck.recorder (source, epoch) VALUES ('never', 1)`);
      await migrate(pool);
      const { rows } = await pool.query('SELECT * FROM queuedeck.recorder_queue ORDER BY name');
      const row = (
        name: string,
        cursorOf: string | null,
        lastId: string | null,
        swept: boolean,
        gap: object | null = null,
      ) => ({
        ...{ source: 'src', key: scopeKey(SCOPE_KINDS.queue, 'src', name), name: JSON.stringify(name) },
        ...{
          cursor: cursorOf,
          last_id: lastId,
          counted: null,
          ends_counted_at: null,
          named: false,
          swept,
          gap,
        },
      });
      expect(rows).toEqual([
        row('a:"b', '10-0', null, false),
        row('emails', '12-3', '7', true, {
          row: null,
          fromMs: 1,
          toMs: 2,
          lastId: 3,
          isGone: false,
          reason: 'events were trimmed before they were recorded',
        }),
        row('gone', null, '3', false),
      ]);
      const { rows: recorders } = await pool.query(
        'SELECT source, cursor, progress FROM queuedeck.recorder ORDER BY source',
      );
      expect(recorders).toMatchObject([
        { source: 'never', cursor: null },
        { source: 'src', cursor: { '': '10-0' }, progress: { backfill: null } },
      ]);
    });
  });

  it('changes nothing when it is up to date, and takes several that begin at once', async () => {
    await withPool(async (pool) => {
      await Promise.all([migrate(pool), migrate(pool)]);
      const { rows: before } = await pool.query('SELECT * FROM queuedeck.migration ORDER BY name');
      expect(before).toHaveLength(MIGRATIONS.length);
      await migrate(pool);
      expect((await pool.query('SELECT * FROM queuedeck.migration ORDER BY name')).rows).toEqual(before);
    });
  });

  it('leaves a store as it was when a step fails, and goes on there the next time', async () => {
    await withPool(async (pool) => {
      // Its `scope` is in the way.
      const before = MIGRATIONS.findIndex(({ name }) => name === '0030-history');
      await makeOld(pool, before);
      await pool.query('CREATE TABLE queuedeck.scope (id int)');
      await expect(migrate(pool)).rejects.toThrow(/already exists/);
      expect((await pool.query('SELECT 1 FROM queuedeck.migration')).rows).toHaveLength(before);
      await pool.query('DROP TABLE queuedeck.scope');
      await migrate(pool);
      expect((await pool.query('SELECT 1 FROM queuedeck.migration')).rows).toHaveLength(MIGRATIONS.length);
    });
  });
});
