import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '@/lib/testing/test-database';
import { migrate } from './migrate';
import { MIGRATIONS } from './migrations/all';

type Row = Record<string, unknown>;

/** A value that a column of the type takes, the same each time, so that keys that point at each other fit. */
const VALUES: Record<string, unknown> = {
  text: 'x',
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
/** What a CHECK asks for. */
const WORDS: Record<string, string> = {
  'effect.state': 'done',
  'operation.state': 'done',
  'failure_group.state': 'open',
  'paused_scheduler.phase': 'paused',
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
          expect(after[name]?.[0], name).toMatchObject(before[name]?.[0] as Row);
        }
        const { rows } = await pool.query<{ name: string }>(
          'SELECT name FROM queuedeck.migration ORDER BY applied_at, name',
        );
        expect(rows.map((row) => row.name).sort()).toEqual(MIGRATIONS.map(({ name }) => name).sort());
      });
    },
  );

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
      const steps = MIGRATIONS.findIndex(({ name }) => name === '0030-history');
      await makeOld(pool, steps);
      // In the way of that step.
      await pool.query('CREATE TABLE queuedeck.scope (id int)');
      await expect(migrate(pool)).rejects.toThrow(/already exists/);
      expect((await pool.query('SELECT 1 FROM queuedeck.migration')).rows).toHaveLength(steps);
      await pool.query('DROP TABLE queuedeck.scope');
      await migrate(pool);
      expect((await pool.query('SELECT 1 FROM queuedeck.migration')).rows).toHaveLength(MIGRATIONS.length);
    });
  });
});
