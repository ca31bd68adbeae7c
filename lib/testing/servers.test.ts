import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '@/lib/embedded/process-alive';
import { isRedisReady } from '@/lib/embedded/redis-probe';
import { startPostgres, startRedis, type TestPostgres } from './servers';
import { createTestDatabase } from './test-database';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('test servers', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('Redis answers, dies of kill and comes back on its port', async () => {
    const redis = await startRedis();
    expect(await isRedisReady(redis.port, null)).toBe(true);
    await redis.kill();
    expect(await isRedisReady(redis.port, null)).toBe(false);
    await redis.restart();
    expect(await isRedisReady(redis.port, null)).toBe(true);
    const pid = redis.pid();
    await redis.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('PostgreSQL keeps committed data over kill and restart', async () => {
    const url = await postgres.createDatabase();
    await query(url, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7); CHECKPOINT');
    await postgres.kill();
    await postgres.restart();
    expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('PostgreSQL wants the password', async () => {
    const wrong = new URL(postgres.url);
    wrong.password = 'other';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('every test database of the shared server is its own', async () => {
    const [a, b] = [await createTestDatabase(), await createTestDatabase()];
    await query(a, 'CREATE TABLE only_here (n int)');
    await expect(query(b, 'SELECT * FROM only_here')).rejects.toThrow(/does not exist/);
  });
});
