import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type pg from 'pg';
import { CONTROL_CHANNEL, type ControlQuery, postgresControl } from './postgres';
import type { ControlChannel } from './protocol';
import { controlChannelName, redisControl } from './redis';

/** The same connection that the BullMQ worker was given: URL, options, or a live client (which stays its owner's). */
export type ControlTarget =
  | string
  | Redis
  | Cluster
  | pg.Pool
  | (RedisOptions & { url?: string })
  | (pg.PoolConfig & { connectionString: string; schema?: string });

export interface ControlConnection {
  channel: ControlChannel;
  close(): Promise<void>;
}

/** One job's cancel; orders for a worker process; `null` when any may have been missed (after each connect). */
export type Wake = { queue: string; id: string } | { worker: string } | null;
export type OnWake = (wake: Wake) => void;

/** One connection of its own, for beats, orders and the wake-up. Never rejects for a broker that is away: it reconnects. */
export async function connectControl(
  target: ControlTarget,
  prefix: string,
  onWake: OnWake,
): Promise<ControlConnection> {
  return isPostgres(target) ? connectPostgres(target, onWake) : connectRedis(target as RedisTarget, prefix, onWake);
}

export function isPostgres(target: ControlTarget): target is Extract<ControlTarget, pg.Pool | pg.PoolConfig> | string {
  if (typeof target === 'string') return /^postgres(ql)?:/.test(target);
  return 'connectionString' in target || 'totalCount' in target;
}

type RedisTarget = string | Redis | Cluster | (RedisOptions & { url?: string });

async function connectRedis(target: RedisTarget, prefix: string, onWake: OnWake): Promise<ControlConnection> {
  const redis = await openRedis(target);
  const channel = controlChannelName(prefix);
  // On RESP3 one connection both listens and writes. An older server or client needs a second one to listen.
  let listener: Redis | Cluster = redis;
  redis.on('error', () => undefined);
  const listen = async () => {
    if (!isCluster(redis) && !speaksResp3(redis)) {
      listener = redis.duplicate();
      listener.on('error', () => undefined);
    }
    listener.on('message', (_channel: string, field: string) => onWake(parseField(field)));
    await listener.subscribe(channel);
    onWake(null);
  };
  redis.once('ready', () => {
    listen().catch(() => undefined);
    redis.on('ready', () => onWake(null));
  });
  if (redis.status === 'ready') redis.emit('ready');
  return {
    channel: redisControl(redis, prefix),
    close: async () => {
      redis.disconnect();
      if (listener !== redis) listener.disconnect();
    },
  };
}

async function openRedis(target: RedisTarget): Promise<Redis | Cluster> {
  const options: RedisOptions = {
    connectionName: 'queuedeck-control',
    protocol: 3,
    maxRetriesPerRequest: 1,
    commandTimeout: 4_000,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  };
  if (isLiveRedis(target)) return isCluster(target) ? target.duplicate() : target.duplicate(options);
  const { Redis: Client } = await import('ioredis');
  if (typeof target === 'string') return new Client(target, options);
  const { url, ...rest } = target;
  return url === undefined ? new Client({ ...rest, ...options }) : new Client(url, { ...rest, ...options });
}

function isCluster(redis: Redis | Cluster): redis is Cluster {
  return 'nodes' in redis;
}

function isLiveRedis(target: RedisTarget): target is Redis | Cluster {
  return typeof target !== 'string' && 'duplicate' in target && typeof target.duplicate === 'function';
}

function speaksResp3(redis: Redis): boolean {
  return (redis as unknown as { condition?: { protocol?: number } }).condition?.protocol === 3;
}

function parseField(field: string): Wake {
  try {
    const [queue, id, worker] = JSON.parse(field) as unknown[];
    if (typeof worker === 'string') return { worker };
    return typeof queue === 'string' && typeof id === 'string' ? { queue, id } : null;
  } catch {
    return null;
  }
}

type PostgresTarget = string | pg.Pool | (pg.PoolConfig & { connectionString: string; schema?: string });

const RECONNECT_MS = 1_000;

/** One session listens and runs the statements. While it is away statements reject, and the next beat tries again. */
async function connectPostgres(target: PostgresTarget, onWake: OnWake): Promise<ControlConnection> {
  const schema = (typeof target === 'object' && 'schema' in target && target.schema) || 'bullmq';
  let closed = false;
  let session: Session | null = null;
  const connect = async (): Promise<void> => {
    try {
      const opened = await openSession(target);
      opened.client.once('end', () => {
        if (session === opened) session = null;
        void opened.close();
        again();
      });
      opened.client.on('notification', ({ payload }) => wake(payload));
      await opened.client.query(`LISTEN ${CONTROL_CHANNEL}`);
      session = opened;
      if (closed) await opened.close();
      else onWake(null);
    } catch {
      again();
    }
  };
  let timer: NodeJS.Timeout | null = null;
  const again = () => {
    if (closed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void connect();
    }, RECONNECT_MS).unref();
  };
  const wake = (payload: string | undefined) => {
    if (payload === undefined || payload === '') return onWake(null);
    const [namespace, queue = '', id = '', worker] = JSON.parse(payload) as string[];
    if (namespace === schema) onWake(worker === undefined ? { queue, id } : { worker });
  };
  const query: ControlQuery = async (text, values) => {
    if (session === null) throw new Error('the broker is away');
    return (await session.client.query(text, values)).rows;
  };
  const connecting = connect();
  return {
    channel: postgresControl(query, schema),
    close: async () => {
      closed = true;
      await connecting;
      await session?.close();
    },
  };
}

interface Session {
  client: pg.Client | pg.PoolClient;
  close(): Promise<void>;
}

async function openSession(target: PostgresTarget): Promise<Session> {
  if (typeof target !== 'string' && 'totalCount' in target) {
    const client = await target.connect();
    client.on('error', () => undefined);
    const release = onceOnly(() => client.release(true));
    return { client, close: async () => release() };
  }
  const { default: driver } = await import('pg');
  const { schema: _, ...config } = typeof target === 'string' ? { connectionString: target, schema: '' } : target;
  const client = new driver.Client({
    ...config,
    application_name: 'queuedeck-control',
    connectionTimeoutMillis: 4_000,
    query_timeout: 4_000,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  const end = onceOnly(() => void client.end().catch(() => undefined));
  return { client, close: async () => end() };
}

function onceOnly(run: () => void): () => void {
  let ran = false;
  return () => {
    if (ran) return;
    ran = true;
    run();
  };
}
