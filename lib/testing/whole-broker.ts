import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';

/** Each thing in a broker by its name, as text: equal texts = untouched. */
export type WholeBroker = Record<string, string>;

/** All that a broker holds: keys with their types, values and expiries; or tables with all rows, their versions, and sequences. */
export function readWholeBroker(url: string): Promise<WholeBroker> {
  return url.startsWith('postgres') ? readDatabase(url) : readKeys(url);
}

/**
 * The same once BullMQ has written down its settings of each of the queues, which it does beside what it was asked for, and nothing of
 * what is picked changes by itself any more.
 */
export async function readStillBroker(
  url: string,
  queues: readonly string[],
  pick: (whole: WholeBroker) => WholeBroker = (whole) => whole,
): Promise<WholeBroker> {
  for (let last = await readWholeBroker(url); ; ) {
    await sleep(300);
    const next = await readWholeBroker(url);
    if (isDeepStrictEqual(pick(last), pick(next)) && queues.every((queue) => hasSettings(next, queue))) return next;
    last = next;
  }
}

function hasSettings(whole: WholeBroker, queue: string): boolean {
  return Object.entries(whole).some(
    ([name, text]) =>
      (name.startsWith(`bull:${queue}:meta`) && text.includes('"version"')) ||
      (name.startsWith('bullmq.meta ') && name.includes('"version"') && name.includes(`"queue":"${queue}"`)),
  );
}

type Read = (redis: Redis, key: string) => Promise<unknown>;

const READS: Record<string, Read> = {
  string: (redis, key) => redis.get(key),
  list: (redis, key) => redis.lrange(key, '0', '-1'),
  set: async (redis, key) => (await redis.smembers(key)).sort(),
  zset: (redis, key) => redis.zrange(key, '0', '-1', 'WITHSCORES'),
  hash: async (redis, key) => Object.entries(await redis.hgetall(key)).sort(),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};

async function readKeys(url: string): Promise<WholeBroker> {
  const redis = new Redis(url);
  try {
    const keys = (await redis.keys('*')).sort();
    const found = await Promise.all(keys.map(async (key) => [key, await readKey(redis, key)] as const));
    return Object.fromEntries(found.filter(([, text]) => text !== null)) as WholeBroker;
  } finally {
    redis.disconnect();
  }
}

/** Null for one that has gone meanwhile. */
async function readKey(redis: Redis, key: string): Promise<string | null> {
  const type = await redis.type(key);
  const read = READS[type];
  if (!read) return null;
  return JSON.stringify({ type, value: await read(redis, key), expiresAt: await readExpiry(redis, key) });
}

/** Before version 7 only whether it expires. */
async function readExpiry(redis: Redis, key: string): Promise<unknown> {
  return redis.call('PEXPIRETIME', key).catch(async () => (await redis.pttl(key)) >= 0);
}

async function readDatabase(url: string): Promise<WholeBroker> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: relations } = await client.query<{ name: string; kind: 'r' | 'S' }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind AS kind
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`,
    );
    const whole: WholeBroker = {};
    for (const { name, kind } of relations) {
      // `xmin` tells a row that was written again with the same values.
      const columns = kind === 'r' ? 'one.xmin::text AS version, to_jsonb(one) AS row' : 'last_value, is_called';
      const { rows } = await client.query(`SELECT ${columns} FROM ${name} AS one`);
      if (kind === 'S') whole[name] = JSON.stringify(rows);
      else for (const row of rows) whole[`${name} ${JSON.stringify(row.row)}`] = row.version;
      whole[`${name} rows`] = String(rows.length);
    }
    const { rows: schemas } = await client.query<{ name: string }>('SELECT nspname AS name FROM pg_namespace');
    return { ...whole, schemas: JSON.stringify(schemas.map(({ name }) => name).sort()) };
  } finally {
    await client.end();
  }
}
