import type { Guard } from '@/lib/embedded/guard';
import { stopPostgresServer } from '@/lib/embedded/postgres-server';
import { findRedisBinary, stopRedisServer } from '@/lib/embedded/redis-server';
import type { Env } from '@/lib/env';
import { openEmbeddedRedis } from './broker';
import { keepServer } from './keep-server';
import type { LaunchError } from './launch-error';
import { openEmbeddedPostgres } from './postgres';

/** What the web and the worker are told, and how to end what was started for them. */
export interface Servers {
  /** QUEUEDECK_SOURCES, DATABASE_URL, QUEUEDECK_EMBEDDED as far as they differ from what was configured. */
  env: Record<string, string>;
  broker: string;
  store: string;
  /** The broker first, then PostgreSQL. */
  stop(): Promise<void>;
}

/** Starts or adopts only what the configuration leaves open. */
export async function openServers(
  env: Env,
  guard: Guard,
  say: (line: string) => void,
  fail: (error: LaunchError) => void,
): Promise<Servers> {
  const binary = env.sources.length === 0 ? findRedisBinary() : null;
  const needsBroker = env.sources.length === 0;
  const needsPostgres = env.databaseUrl === null || (needsBroker && !binary);
  const opened = await Promise.allSettled([
    binary ? openEmbeddedRedis(env.home, binary, guard) : null,
    needsPostgres ? openEmbeddedPostgres(env.home, guard) : null,
  ]);
  const stops: (() => Promise<void>)[] = [];
  const [redis, postgres] = opened.map((one) => (one.status === 'fulfilled' ? one.value : null)) as [
    Awaited<ReturnType<typeof openEmbeddedRedis>> | null,
    Awaited<ReturnType<typeof openEmbeddedPostgres>> | null,
  ];
  if (redis) {
    const kept = keepServer({
      label: 'The embedded broker',
      first: redis.server,
      start: redis.start,
      stop: stopRedisServer,
      say,
      fail,
    });
    stops.push(() => kept.stop());
  }
  if (postgres) {
    const kept = keepServer({
      label: 'The embedded PostgreSQL',
      first: postgres.server,
      start: postgres.start,
      stop: stopPostgresServer,
      say,
      fail,
    });
    stops.push(() => kept.stop());
  }
  const stop = async () => {
    for (const end of stops.splice(0)) await end();
  };
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }

  const brokerUrl = redis?.url ?? postgres?.brokerUrl;
  const told: Record<string, string> = {};
  if (env.databaseUrl === null && postgres) told.DATABASE_URL = postgres.storeUrl;
  if (needsBroker && brokerUrl) {
    told.QUEUEDECK_SOURCES = JSON.stringify([{ name: 'default', url: brokerUrl, embedded: true }]);
    told.QUEUEDECK_EMBEDDED = '1';
  }
  return {
    env: told,
    broker: describeBroker(env, binary?.version ?? null, postgres?.version ?? null),
    store:
      env.databaseUrl === null
        ? `embedded PostgreSQL ${postgres?.version}`
        : `PostgreSQL at ${new URL(env.databaseUrl).host}`,
    stop,
  };
}

function describeBroker(env: Env, redisVersion: string | null, postgresVersion: string | null): string {
  if (env.sources.length === 1 && env.sources[0]) return `broker: ${describeUrl(env.sources[0].url)}`;
  if (env.sources.length > 1) return `brokers: ${env.sources.map((source) => source.name).join(', ')}`;
  return `broker: embedded ${redisVersion ?? `PostgreSQL ${postgresVersion}`}`;
}

/** Without credentials. */
function describeUrl(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.host}`;
}
