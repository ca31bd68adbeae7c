import type { PostgresConnection, Query } from '../connection';

/** Any constant: one creation at a time. */
const LOCK_KEY = 7_213_503;

/** In the broker's own database, so that a mark and the change of its job are one transaction. namespace = BullMQ's schema. */
const CREATE = `
SELECT pg_advisory_xact_lock(${LOCK_KEY});
CREATE SCHEMA IF NOT EXISTS queuedeck_control;
CREATE TABLE IF NOT EXISTS queuedeck_control.operation_mark (
  namespace text NOT NULL,
  operation text NOT NULL,
  job       text NOT NULL,
  outcome   text NOT NULL,
  at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (namespace, operation, job)
);`;

export interface Marks {
  /** Runs with the table there. */
  ready(): Promise<void>;
  /** A mark of '' says that they are forgotten. Waits for whoever else is at work on the operation; what it marked is read then. */
  read(query: Query, operation: string, ids: readonly string[]): Promise<Map<string, string>>;
  write(query: Query, operation: string, outcomes: ReadonlyMap<string, string>): Promise<void>;
  forget(query: Query, operation: string): Promise<void>;
  /** Leaves no note. */
  clear(query: Query, operation: string): Promise<void>;
}

export function openMarks(connection: PostgresConnection, namespace: string): Marks {
  let made: Promise<unknown> | null = null;
  return {
    async ready() {
      made ??= connection.run(() => connection.bare(CREATE));
      made.catch(() => {
        made = null;
      });
      await made;
    },
    async read(query, operation, ids) {
      await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7))', [operation]);
      const rows = await query<{ job: string; outcome: string }>(
        'SELECT job, outcome FROM queuedeck_control.operation_mark WHERE namespace = $1 AND operation = $2 AND job = ANY($3)',
        [namespace, operation, ['', ...ids]],
      );
      return new Map(rows.map(({ job, outcome }) => [job, outcome]));
    },
    async write(query, operation, outcomes) {
      if (outcomes.size === 0) return;
      await query(
        `INSERT INTO queuedeck_control.operation_mark (namespace, operation, job, outcome)
         SELECT $1, $2, t.job, t.outcome FROM unnest($3::text[], $4::text[]) AS t(job, outcome)`,
        [namespace, operation, [...outcomes.keys()], [...outcomes.values()]],
      );
    },
    async forget(query, operation) {
      await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7))', [operation]);
      await query(
        `DELETE FROM queuedeck_control.operation_mark WHERE namespace = $1
            AND (operation = $2 OR (job = '' AND at < now() - interval '1 hour'))`,
        [namespace, operation],
      );
      await query(
        `INSERT INTO queuedeck_control.operation_mark (namespace, operation, job, outcome) VALUES ($1, $2, '', 'ended')`,
        [namespace, operation],
      );
    },
    async clear(query, operation) {
      await query('DELETE FROM queuedeck_control.operation_mark WHERE namespace = $1 AND operation = $2', [
        namespace,
        operation,
      ]);
    },
  };
}
