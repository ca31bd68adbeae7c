import type { QueueMeta, RateLimit, RateLimitNow } from '@/lib/backends/changes';
import type { PostgresConnection } from './connection';

const FIELDS_SHOWN = 100;
const FIELD_CHARS = 1_000;

/** Sets the fields of `meta`; null = unset. Workers that wait are woken: a wider limit may let them go on. */
export async function setMeta(
  connection: PostgresConnection,
  queue: string,
  fields: Record<string, number | null>,
): Promise<void> {
  const kept = Object.entries(fields).filter(([, value]) => value !== null);
  const unset = Object.keys(fields).filter((name) => fields[name] === null);
  await connection.transaction(async (query) => {
    await query('DELETE FROM meta WHERE queue = $1 AND field = ANY($2)', [queue, unset]);
    await query(
      `INSERT INTO meta (queue, field, value) SELECT $1, f, v FROM unnest($2::text[], $3::text[]) AS t(f, v)
       ON CONFLICT (queue, field) DO UPDATE SET value = excluded.value`,
      [queue, kept.map(([name]) => name), kept.map(([, value]) => String(value))],
    );
    await query("SELECT pg_notify('bullmq_jobs', $1)", [queue]);
  });
}

export const setRateLimit = (connection: PostgresConnection, queue: string, limit: RateLimit | null) =>
  setMeta(connection, queue, { max: limit?.max ?? null, duration: limit?.durationMs ?? null });

export async function readRateLimit(connection: PostgresConnection, queue: string): Promise<RateLimitNow> {
  const [row] = await connection.query<{ max: string | null; duration: string | null; points: string; rest: string }>(
    `SELECT (SELECT value FROM meta WHERE queue = $1 AND field = 'max') AS max,
            (SELECT value FROM meta WHERE queue = $1 AND field = 'duration') AS duration,
            COALESCE((SELECT points FROM rate_limit WHERE queue = $1), 0) AS points,
            COALESCE((SELECT expire_at_ms FROM rate_limit WHERE queue = $1), 0) - $2::bigint AS rest`,
    [queue, Date.now()],
  );
  const max = Number(row?.max ?? 0);
  const limit = max > 0 ? { max, durationMs: Number(row?.duration ?? 0) } : null;
  const restMs = Number(row?.rest ?? 0);
  if (restMs <= 0) return { limit, holdsMs: 0 };
  if (limit) return { limit, holdsMs: Number(row?.points) >= limit.max ? restMs : 0 };
  return { limit, holdsMs: Number(row?.points) >= Number.MAX_SAFE_INTEGER ? restMs : null };
}

export async function readMeta(connection: PostgresConnection, queue: string): Promise<QueueMeta> {
  const [fields, [schedulers]] = await Promise.all([
    connection.query<{ field: string; value: string | null }>(
      `SELECT left(field, 200) AS field, left(value, ${FIELD_CHARS}) AS value FROM meta WHERE queue = $1 ORDER BY field LIMIT ${FIELDS_SHOWN}`,
      [queue],
    ),
    connection.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM (SELECT FROM scheduler WHERE queue = $1 LIMIT 10000) AS few',
      [queue],
    ),
  ]);
  return {
    fields: Object.fromEntries(fields.map(({ field, value }) => [field, value ?? ''])),
    schedulers: schedulers?.n ?? 0,
    events: null,
  };
}
