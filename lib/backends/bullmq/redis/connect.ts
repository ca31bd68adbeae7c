import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { SourceConfig } from '@/lib/env';

export type RedisClient = Redis | Cluster;

/** One command may take this long; with what surrounds it, every call ends within 3 s. */
export const COMMAND_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 2_000;

/**
 * `reads`: commands wait a moment for a connection that is being made.
 * `writes`: a command is sent at once or never. One that was refused to its caller must not reach the broker later, so
 * there is no offline queue and nothing is sent again after a reconnect.
 * `blocking`: reads that wait for minutes; their own clock watches them.
 * `worker`: waits for a broker that is away as long as it takes, as BullMQ's workers must.
 */
export type Purpose = 'reads' | 'writes' | 'blocking' | 'worker';

export function connectRedis(config: SourceConfig, purpose: Purpose): RedisClient {
  const options = optionsFor(config, purpose);
  const client = config.cluster ? connectCluster(config, options) : new Redis(options);
  // Every outage shows in the calls and in facts(); without a listener ioredis prints each one.
  client.on('error', () => undefined);
  return client;
}

function connectCluster(config: SourceConfig, redisOptions: RedisOptions): Cluster {
  const { retryStrategy: _, host: __, port: ___, ...perNode } = redisOptions;
  return new Cluster(config.cluster ?? [], {
    redisOptions: perNode,
    enableOfflineQueue: redisOptions.enableOfflineQueue ?? true,
    slotsRefreshTimeout: 1_500,
    maxRedirections: 4,
    retryDelayOnClusterDown: 200,
    clusterRetryStrategy: reconnectDelayMs,
  });
}

const reconnectDelayMs = (times: number) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_MAX_MS);

/** The number of the database that the URL names. */
export const databaseOf = (config: SourceConfig): number => Number(new URL(config.url).pathname.slice(1)) || 0;

function optionsFor(config: SourceConfig, purpose: Purpose): RedisOptions {
  const url = new URL(config.url);
  const tls = url.protocol === 'rediss:' ? { tls: { servername: url.hostname } } : {};
  const db = databaseOf(config);
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(url.port || 6379),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    ...(db > 0 ? { db } : {}),
    ...tls,
    ...(config.sentinels ? { sentinels: config.sentinels, name: config.master ?? 'mymaster' } : {}),
    ...(config.options as RedisOptions | undefined),
    protocol: 2,
    connectionName: `queuedeck-${purpose}`,
    connectTimeout: 1_000,
    keepAlive: 10_000,
    retryStrategy: reconnectDelayMs,
    autoResendUnfulfilledCommands: false,
    ...PURPOSES[purpose],
  };
}

const PURPOSES: Record<Purpose, RedisOptions> = {
  reads: { maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS },
  writes: { maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS, enableOfflineQueue: false },
  blocking: { maxRetriesPerRequest: 1 },
  worker: { maxRetriesPerRequest: null, autoResendUnfulfilledCommands: true },
};
