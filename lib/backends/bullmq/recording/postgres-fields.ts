import type { RecordedFields } from '@/lib/backends/recording';
import type { JobState } from '@/lib/contracts/states';
import type { Query } from '../postgres/connection';
import { toState } from '../postgres/rows';
import {
  ERROR_CAP,
  ID_CAP,
  NAME_CAP,
  OPTIONS_CAP,
  PAYLOAD_CAP,
  PROGRESS_CAP,
  STACK_CAP,
  toRecordedFields,
  WORKER_CAP,
} from './fields';
import type { FieldWish } from './wishes';

const JOBS_PER_READ = 200;
/** Of what takes more room than that (compressed) only the size is told. */
const READ_CAP = 2_097_152;
/** Of one statement, as it is stored, but for its first job. */
const MOST_BYTES = 2_097_152;
/** Nor is looked into progress, options and traces that take more than this. */
const LOOKED_INTO = 262_144;

/** What is only told of a job that is met (`is`), and of one that is read with its result (`result`). Payloads are cut by the server. */
const FIELDS_SQL = `
SELECT w.n::int, w.stop::int, left(j.name, ${NAME_CAP}) AS name, j.state, j.priority, j.added_at_ms, j.processed_at_ms, j.finished_at_ms, j.delay_ms,
       j.attempts_made, j.attempts_started, j.stalled_count, left(j.processed_by, ${WORKER_CAP}) AS processed_by, j.parent_queue, j.parent_id,
       left(j.scheduler_id, ${ID_CAP}) AS scheduler_id, left(j.dedup_id, ${ID_CAP}) AS dedup_id,
       left(j.failed_reason, ${ERROR_CAP}) AS error,
       CASE WHEN pg_column_size(j.stacktrace) <= ${LOOKED_INTO} AND jsonb_typeof(j.stacktrace) = 'array' THEN jsonb_build_array(left(j.stacktrace->>-1, ${STACK_CAP}))::text END AS stack,
       CASE WHEN w.first AND pg_column_size(j.progress) <= ${LOOKED_INTO} AND length(j.progress::text) <= ${PROGRESS_CAP} THEN j.progress::text END AS progress,
       CASE WHEN w.first AND pg_column_size(j.opts) <= ${LOOKED_INTO} AND length(j.opts::text) <= ${OPTIONS_CAP} THEN j.opts::text END AS opts,
       left(d.data, ${PAYLOAD_CAP}) AS data, coalesce(octet_length(d.data), CASE WHEN w.first THEN pg_column_size(j.data) END) AS data_bytes,
       left(d.result, ${PAYLOAD_CAP}) AS result, coalesce(octet_length(d.result), CASE WHEN w.whole THEN pg_column_size(j.return_value) END) AS result_bytes
  FROM (
    SELECT weighed.*, upto > ${MOST_BYTES} AND upto > size AS is_left, min(n) FILTER (WHERE upto > ${MOST_BYTES} AND upto > size) OVER () AS stop
      FROM (
        SELECT u.*, s.size, sum(s.size) OVER (ORDER BY u.n) AS upto
          FROM unnest($1::text[], $2::text[], $3::bool[], $4::bool[]) WITH ORDINALITY AS u(queue, id, first, whole, n)
         CROSS JOIN LATERAL (
           SELECT CASE WHEN u.first AND pg_column_size(data) <= ${READ_CAP} THEN pg_column_size(data) ELSE 0 END
                + CASE WHEN u.whole AND pg_column_size(return_value) <= ${READ_CAP} THEN pg_column_size(return_value) ELSE 0 END
                + CASE WHEN pg_column_size(stacktrace) <= ${LOOKED_INTO} THEN pg_column_size(stacktrace) ELSE 0 END AS size
             FROM job WHERE job.queue = u.queue AND job.id = u.id
         ) AS s
      ) AS weighed
  ) AS w
  JOIN job j ON j.queue = w.queue AND j.id = w.id
 CROSS JOIN LATERAL (
   SELECT CASE WHEN w.first AND pg_column_size(j.data) <= ${READ_CAP} THEN j.data::text END AS data,
          CASE WHEN w.whole AND pg_column_size(j.return_value) <= ${READ_CAP} THEN j.return_value::text END AS result OFFSET 0
 ) AS d
 WHERE NOT w.is_left`;

interface FieldRow {
  n: number;
  /** The first that is left for the next statement; null = none. */
  stop: number | null;
  name: string;
  state: string;
  priority: number;
  added_at_ms: string;
  processed_at_ms: string | null;
  finished_at_ms: string | null;
  delay_ms: string;
  attempts_made: number;
  attempts_started: number;
  stalled_count: number;
  processed_by: string | null;
  parent_queue: string | null;
  parent_id: string | null;
  scheduler_id: string | null;
  dedup_id: string | null;
  error: string | null;
  stack: string | null;
  progress: string | null;
  opts: string | null;
  data: string | null;
  data_bytes: number | null;
  result: string | null;
  result_bytes: number | null;
}

/** Reads rows of jobs, 200 by a statement at most. Null = gone. `state` is told where the caller asks for it. */
export class PostgresFieldReader {
  constructor(private readonly query: Query) {}

  async read(wishes: readonly FieldWish[], withState = false): Promise<(RecordedFields | null)[]> {
    const found: (RecordedFields | null)[] = wishes.map(() => null);
    for (let from = 0; from < wishes.length; ) {
      const some = wishes.slice(from, from + JOBS_PER_READ);
      const isFirst = some.map(({ set }) => set === 'first' || set === 'whole');
      const isWhole = some.map(({ set }) => set === 'whole');
      const values = [some.map(({ queue }) => queue), some.map(({ id }) => id), isFirst, isWhole];
      const rows = await this.query<FieldRow>(FIELDS_SQL, values);
      for (const row of rows) {
        const wish = some[row.n - 1];
        if (wish) found[from + row.n - 1] = toFields(wish, row, withState);
      }
      from += (rows[0]?.stop ?? some.length + 1) - 1;
    }
    return found;
  }
}

function toFields({ queue, id }: FieldWish, row: FieldRow, withState: boolean): RecordedFields {
  const state: JobState | null = withState ? toState(row.state, row.priority) : null;
  const parent =
    row.parent_queue !== null && row.parent_id !== null ? { queue: row.parent_queue, id: row.parent_id } : null;
  return toRecordedFields(
    queue,
    id,
    state,
    {
      name: row.name,
      timestamp: row.added_at_ms,
      processedOn: row.processed_at_ms,
      finishedOn: row.finished_at_ms,
      delay: row.delay_ms,
      atm: String(row.attempts_made),
      ats: String(row.attempts_started),
      stc: String(row.stalled_count),
      pb: row.processed_by,
      data: row.data,
      returnvalue: row.result,
      opts: row.opts,
      failedReason: row.error,
      stacktrace: row.stack,
      progress: row.progress,
      rjk: row.scheduler_id,
      deid: row.dedup_id,
    },
    parent,
    { data: row.data_bytes ?? 0, result: row.result_bytes ?? 0 },
  );
}
