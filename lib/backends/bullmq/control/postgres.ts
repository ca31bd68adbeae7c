import type pg from 'pg';
import { CREATE_ORDERS, postgresOrders, pruneOrders } from './orders-postgres';
import {
  ACKNOWLEDGED_KEPT_MS,
  BEAT_KEPT_MS,
  type Beat,
  type CancelRecord,
  type ControlChannel,
  REQUESTED_KEPT_MS,
} from './protocol';
import { readBeat } from './read-beat';

/** Rows of one statement; errors carry PostgreSQL's code. Several statements when there are no values. */
export type ControlQuery = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

export const CONTROL_CHANNEL = 'queuedeck_control';

/** Any constant: one creation at a time. */
const LOCK_KEY = 7_213_502;

const CREATE = `
SELECT pg_advisory_xact_lock(${LOCK_KEY});
CREATE SCHEMA IF NOT EXISTS queuedeck_control;
-- namespace = BullMQ's schema in this database.
CREATE TABLE IF NOT EXISTS queuedeck_control.beat (
  namespace text NOT NULL,
  id        text NOT NULL,
  beat      jsonb NOT NULL,
  beat_at   timestamptz NOT NULL,
  PRIMARY KEY (namespace, id)
);
CREATE TABLE IF NOT EXISTS queuedeck_control.cancel (
  namespace       text NOT NULL,
  queue           text NOT NULL,
  job             text NOT NULL,
  run             text NOT NULL,
  by              text NOT NULL,
  reason          text,
  at_ms           bigint NOT NULL,
  acknowledged_ms bigint,
  worker          text,
  PRIMARY KEY (namespace, queue, job)
);
${CREATE_ORDERS}`;

interface CancelRow {
  queue: string;
  job: string;
  run: string;
  by: string;
  reason: string | null;
  at_ms: string;
  acknowledged_ms: string | null;
  worker: string | null;
}

const CANCEL_COLUMNS = 'queue, job, run, by, reason, at_ms, acknowledged_ms, worker';
const NOW_MS = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/**
 * The control wire on PostgreSQL, in the broker's own database; see protocol.ts. Reading makes nothing: where no
 * worker carries the module there are no tables, and the answer is "none". `schema` is BullMQ's.
 */
export function postgresControl(query: ControlQuery, schema: string): ControlChannel {
  const read: ControlQuery = async (sql, values) => {
    try {
      return await query(sql, values);
    } catch (error) {
      if (isMissing(error) || isRefused(error)) return [];
      throw error;
    }
  };
  const write: ControlQuery = async (sql, values) => {
    try {
      return await query(sql, values);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await query(CREATE);
      return await query(sql, values);
    }
  };
  const readCancel = async (queue: string, id: string) => {
    const rows = await read<CancelRow>(
      `SELECT ${CANCEL_COLUMNS} FROM queuedeck_control.cancel WHERE namespace = $1 AND queue = $2 AND job = $3`,
      [schema, queue, id],
    );
    return rows[0] ? toRecord(rows[0]) : null;
  };

  return {
    ...postgresOrders(read, write, schema, CONTROL_CHANNEL),
    readCancel,
    writeBeat: async (beat) => {
      await write(
        `INSERT INTO queuedeck_control.beat VALUES ($1, $2, $3, clock_timestamp())
         ON CONFLICT (namespace, id) DO UPDATE SET beat = excluded.beat, beat_at = excluded.beat_at`,
        [schema, beat.id, JSON.stringify(beat)],
      );
    },
    removeBeat: async (processId) => {
      await read('DELETE FROM queuedeck_control.beat WHERE namespace = $1 AND id = $2', [schema, processId]);
    },
    readBeats: async () => {
      const rows = await read<{ beat: unknown; age_ms: number }>(
        `SELECT beat, (extract(epoch FROM clock_timestamp() - beat_at) * 1000)::float8 AS age_ms
         FROM queuedeck_control.beat WHERE namespace = $1 AND beat_at > clock_timestamp() - make_interval(secs => $2)`,
        [schema, BEAT_KEPT_MS / 1000],
      );
      return rows.flatMap((row): Beat[] => {
        const beat = readBeat(row.beat);
        return beat === null ? [] : [{ ...beat, beatAt: Date.now() - row.age_ms }];
      });
    },
    readRun: async (queue, id) => {
      const [row] = await read<{ added_at_ms: string; attempts_made: number; finished: boolean }>(
        `SELECT added_at_ms, attempts_made, state IN ('completed', 'failed') AS finished
         FROM ${quote(schema)}.job WHERE queue = $1 AND id = $2`,
        [queue, id],
      );
      if (!row) return null;
      return { addedAtMs: Number(row.added_at_ms), attemptsMade: row.attempts_made, finished: row.finished };
    },
    placeCancel: async (record) => {
      await write(
        `WITH placed AS (
           INSERT INTO queuedeck_control.cancel AS standing (namespace, queue, job, run, by, reason, at_ms)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (namespace, queue, job) DO UPDATE SET run = excluded.run, by = excluded.by,
             reason = excluded.reason, at_ms = excluded.at_ms, acknowledged_ms = NULL, worker = NULL
           WHERE standing.run <> excluded.run RETURNING 1)
         SELECT pg_notify('${CONTROL_CHANNEL}', $8) FROM placed`,
        [schema, record.queue, record.id, record.run, record.by, record.reason, record.at, wakeText(schema, record)],
      );
      return (await readCancel(record.queue, record.id)) ?? record;
    },
    readCancels: async () => {
      const sql = `SELECT ${CANCEL_COLUMNS} FROM queuedeck_control.cancel WHERE namespace = $1`;
      return (await read<CancelRow>(sql, [schema])).map(toRecord);
    },
    acknowledgeCancel: async (record, worker, at) => {
      const rows = await write(
        `UPDATE queuedeck_control.cancel SET acknowledged_ms = $5, worker = $6
         WHERE namespace = $1 AND queue = $2 AND job = $3 AND run = $4 AND acknowledged_ms IS NULL
         RETURNING 1`,
        [schema, record.queue, record.id, record.run, at, worker],
      );
      return rows.length === 1;
    },
    prune: async () => {
      await pruneOrders(read, schema);
      await read(
        'DELETE FROM queuedeck_control.beat WHERE namespace = $1 AND beat_at < clock_timestamp() - make_interval(secs => $2)',
        [schema, BEAT_KEPT_MS / 1000],
      );
      await read(
        `DELETE FROM queuedeck_control.cancel WHERE namespace = $1
         AND (acknowledged_ms < ${NOW_MS} - $2 OR (acknowledged_ms IS NULL AND at_ms < ${NOW_MS} - $3))`,
        [schema, ACKNOWLEDGED_KEPT_MS, REQUESTED_KEPT_MS],
      );
    },
  };
}

/** NOTIFY payload; PostgreSQL takes less than 8,000 bytes, so a longer one says only "look". */
function wakeText(schema: string, job: { queue: string; id: string }): string {
  const text = JSON.stringify([schema, job.queue, job.id]);
  return Buffer.byteLength(text) < 7_900 ? text : '';
}

function toRecord(row: CancelRow): CancelRecord {
  return {
    queue: row.queue,
    id: row.job,
    run: row.run,
    by: row.by,
    reason: row.reason,
    at: Number(row.at_ms),
    acknowledgedAt: row.acknowledged_ms === null ? null : Number(row.acknowledged_ms),
    worker: row.worker,
  };
}

function quote(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`;
}

/** insufficient_privilege: what this role may not read is none to it. */
const isRefused = (error: unknown): boolean => (error as { code?: unknown })?.code === '42501';

/** undefined_table, invalid_schema_name. */
function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown })?.code;
  return code === '42P01' || code === '3F000';
}
