import type { SourceInspection } from '@/lib/backends/inspection';
import { type SizedJob, SizeTally } from '@/lib/backends/size-tally';
import type { JobState } from '@/lib/contracts/states';
import type { Query } from './connection';
import { toState } from './rows';

/** Jobs in a sample: read from that many pages at most, wherever they lie. */
const SAMPLED = 1_000;

const SERVER_SQL = `
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now, (extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()) * 1000)::float8 AS uptime_ms,
       pg_database_size(current_database())::float8 AS database_bytes,
       pg_total_relation_size('job'::regclass)::float8 AS job_bytes, pg_total_relation_size('event'::regclass)::float8 AS event_bytes,
       GREATEST((SELECT reltuples FROM pg_class WHERE oid = 'job'::regclass), 0)::float8 AS jobs,
       current_setting('max_connections')::int AS max_connections, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS synchronous_commit, current_setting('autovacuum') AS autovacuum,
       (SELECT sum(numbackends)::int FROM pg_stat_database) AS connections,
       (SELECT jsonb_agg(jsonb_build_object('name', relname, 'live', n_live_tup, 'dead', n_dead_tup) ORDER BY relname)
          FROM pg_stat_user_tables WHERE relid IN ('job'::regclass, 'event'::regclass)) AS tables`;

interface ServerRow {
  now: number;
  uptime_ms: number;
  database_bytes: number;
  job_bytes: number;
  event_bytes: number;
  jobs: number;
  max_connections: number;
  connections: number;
  fsync: string;
  synchronous_commit: string;
  autovacuum: string;
  tables: { name: string; live: number; dead: number }[] | null;
}

interface SampleRow {
  queue: string;
  id: string;
  name: string;
  state: string;
  priority: number;
  row_bytes: number;
  payload_bytes: number;
}

/** `counts`: jobs of each queue and state, as the shared figures have them. */
export async function inspectPostgres(
  query: Query,
  counts: ReadonlyMap<string, Readonly<Partial<Record<JobState, number | null>>>>,
): Promise<SourceInspection> {
  const askedAt = Date.now();
  const [row] = await query<ServerRow>(SERVER_SQL);
  if (!row) throw new Error('inspect: no row');
  const skewMs = Math.round(row.now - (askedAt + Date.now()) / 2);
  return {
    at: Date.now(),
    clockSkewMs: skewMs,
    startedAt: Math.round(Date.now() - row.uptime_ms),
    clients: { connected: row.connections, max: row.max_connections },
    redis: null,
    postgres: {
      databaseBytes: row.database_bytes,
      jobBytes: row.job_bytes,
      eventBytes: row.event_bytes,
      tables: row.tables ?? [],
      fsync: row.fsync !== 'off',
      synchronousCommit: row.synchronous_commit !== 'off',
      autovacuum: row.autovacuum !== 'off',
    },
    sizes: await sampleSizes(query, row.jobs, counts),
  };
}

async function sampleSizes(query: Query, jobs: number, counts: Parameters<typeof inspectPostgres>[1]) {
  const percent = jobs <= SAMPLED * 2 ? 100 : Math.max(0.0001, (100 * SAMPLED) / jobs);
  const rows = await query<SampleRow>(
    `SELECT queue, id, left(name, 512) AS name, state::text, priority, pg_column_size(job.*) AS row_bytes,
            pg_column_size(data) + COALESCE(pg_column_size(return_value), 0) AS payload_bytes
       FROM job TABLESAMPLE SYSTEM (${percent.toFixed(6)}) LIMIT ${SAMPLED}`,
  );
  const groups = new Map<string, { queue: string; state: JobState; jobs: SizedJob[] }>();
  for (const { queue, id, name, state: stored, priority, row_bytes, payload_bytes } of rows) {
    const state = toState(stored, priority);
    const key = `${queue}\u0000${state}`;
    const group = groups.get(key) ?? { queue, state, jobs: [] };
    groups.set(key, group);
    group.jobs.push({ id, name, bytes: row_bytes, payloadBytes: payload_bytes });
  }
  const sizes = new SizeTally();
  for (const { queue, state, jobs: sample } of groups.values())
    sizes.add(queue, state, Math.max(counts.get(queue)?.[state] ?? 0, sample.length), sample);
  return sizes.result(0);
}
