import { CodedError } from '@/lib/contracts/errors';
import type { Payload } from '@/lib/contracts/jobs';
import type { RecordedAttempt } from '@/lib/contracts/search';
import { toIso } from '@/lib/iso-time';
import { readAddedBy } from '@/lib/jobs/added-by';
import { readJobFacts, unknownJobFacts } from '@/lib/jobs/job-facts';
import { findPresent } from '@/lib/jobs/search/presence';
import { parseShallow } from '@/lib/json-depth';
import { findSource } from '@/lib/sources/find';
import { type AttemptDetail, decodeDetail } from '@/lib/store/history/detail';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import { stateOf } from '@/lib/store/history/states';
import { type FoundRow, ROW_COLUMNS, ROW_JOINS, toFoundJob } from '@/lib/store/search/found-row';
import { storedText } from '@/lib/store/stored-name';
import { query } from '@/lib/verbs';

const MOST_OTHERS = 20;

interface Row extends FoundRow {
  data: string | null;
  data_bytes: number | null;
  result: string | null;
  result_bytes: number | null;
  options: string | null;
  detail: string | null;
  whole_error: string | null;
}

/** The newest life of that id, or the one that was added at `addedAt`. */
export const getJobHistory = query('job.history', async (ask, { source, queue, job: id, addedAt }) => {
  const entry = findSource(ask.sources, source);
  const key = scopeKey(SCOPE_KINDS.queue, entry.config.name, queue);
  const [rows, lives] = await Promise.all([
    ask.store.query<Row>(
      `SELECT ${ROW_COLUMNS}, j.added_at AS sort_value, j.data, j.data_bytes, j.result, j.result_bytes, o.options, j.detail, j.error AS whole_error
         FROM queuedeck.job j ${ROW_JOINS} LEFT JOIN queuedeck.seen_options o ON o.id = j.options_id
        WHERE j.id = $2 AND q.key = $1 AND ($3::timestamptz IS NULL OR j.added_at = $3) ORDER BY j.added_at DESC LIMIT 1`,
      [key, storedText(id), addedAt ?? null],
    ),
    ask.store.query<{ added_at: Date; state: number }>(
      `SELECT j.added_at, j.state FROM queuedeck.job j JOIN queuedeck.scope q ON q.id = j.queue_id
        WHERE j.id = $2 AND q.key = $1 ORDER BY j.added_at DESC LIMIT ${MOST_OTHERS + 1}`,
      [key, storedText(id)],
    ),
  ]);
  const [row] = rows;
  if (!row) throw new CodedError('job_not_found', `Nothing is recorded of a job "${id.slice(0, 100)}" in that queue.`);
  const found = toFoundJob(row);
  const [[inBroker = null], facts] = await Promise.all([
    findPresent(ask.sources, [found]),
    readJobFacts(ask.store, source, queue, id).catch(unknownJobFacts),
  ]);
  const detail = decodeDetail(row.detail);
  const options = parse(row.options);
  return {
    ...found,
    inBroker,
    data: toPayload(row.data, row.data_bytes),
    result: toPayload(row.result, row.result_bytes),
    options,
    progress: parse(detail.progress ?? null),
    failure:
      row.whole_error === null ? null : { code: 'failed', message: row.whole_error, stack: detail.stack ?? null },
    attemptsList: attemptsOf(row, detail.attempts ?? null, detail.more ?? 0),
    parent: detail.parent ? { queue: detail.parent[0], id: detail.parent[1] } : null,
    schedulerId: detail.scheduler ?? null,
    deduplicationId: detail.dedup ?? null,
    addedBy: facts.addedBy ?? readAddedBy(options),
    others: lives
      .filter(({ added_at }) => added_at.getTime() !== row.added_at.getTime())
      .map(({ added_at, state }) => ({ addedAt: added_at.toISOString(), state: stateOf(state) })),
  };
});

function toPayload(text: string | null, bytes: number | null): Payload | null {
  if (text === null) return null;
  const sizeBytes = bytes ?? Buffer.byteLength(text);
  return { text, sizeBytes, truncated: sizeBytes > Buffer.byteLength(text) };
}

function parse(text: string | null): unknown {
  return text === null || text === 'null' ? null : (parseShallow(text) ?? text);
}

/** The kept attempts; of a job that ran once, what its row says. `more` stand between the first and the kept ones. */
function attemptsOf(row: Row, kept: AttemptDetail[] | null, more: number): RecordedAttempt[] {
  if (kept)
    return kept.map((one, i) => ({
      attempt: i === 0 ? 1 : i + 1 + more,
      startedAt: toIso(one.s),
      endedAt: toIso(one.e),
      waitMs: one.w ?? null,
      runMs: one.r ?? null,
      worker: one.k ?? null,
      error: one.x ?? null,
      stalled: one.t ?? false,
    }));
  if (!row.started_at) return [];
  return [
    {
      attempt: 1,
      startedAt: row.started_at.toISOString(),
      endedAt: row.finished_at?.toISOString() ?? null,
      waitMs: row.wait_ms,
      runMs: row.run_ms,
      worker: row.worker,
      error: row.error,
      stalled: false,
    },
  ];
}
