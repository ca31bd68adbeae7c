import type pg from 'pg';
import { cleanText } from '@/lib/store/clean-text';
import type { Queries } from '@/lib/store/queries';
import { storedText } from '@/lib/store/stored-name';

const SAMPLE_CHARS = 4_000;
const REASON_CHARS = 500;
/** Of what is set aside at once, so many come with a sample: what is refused in thousands is refused for one reason. */
const MOST_SAMPLES = 500;
/** Of one source; of more, those that were met longest ago are forgotten. */
export const MOST_SET_ASIDE = 10_000;

/** What could not be recorded, so that the rest could. `job`: null = the events of the queue; `queue`: '' = of the source. */
export interface SetAside {
  queue: string;
  job: string | null;
  reason: string;
  /** Some of it, as text; null = nothing can be shown. */
  sample: string | null;
}

/** Within a transaction. One that is met again counts one more. */
export async function insertSetAside(client: pg.PoolClient, source: string, all: readonly SetAside[]): Promise<void> {
  if (all.length === 0) return;
  const once = new Map(
    all.map((one) => [`${storedText(one.queue)}\n${one.job === null ? '' : storedText(one.job)}`, one]),
  );
  const rows = [...once.values()].slice(0, MOST_SET_ASIDE);
  await client.query(
    `INSERT INTO queuedeck.set_aside AS s (source, queue, job, reason, sample)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
     ON CONFLICT (source, md5(queue), md5(coalesce(job, ''))) DO UPDATE
       SET times = least(s.times::bigint + 1, 2147483647)::int, at = now(), reason = excluded.reason, sample = coalesce(excluded.sample, s.sample)`,
    [
      source,
      rows.map(({ queue }) => storedText(queue)),
      rows.map(({ job }) => (job === null ? null : storedText(job))),
      rows.map(({ reason }) => cleanText(Buffer.from(reason.slice(0, REASON_CHARS)).toString())),
      rows.map(({ sample }, i) =>
        sample === null || i >= MOST_SAMPLES ? null : cleanText(Buffer.from(sample.slice(0, SAMPLE_CHARS)).toString()),
      ),
    ],
  );
  await client.query(
    `DELETE FROM queuedeck.set_aside WHERE source = $1 AND (at, id) <
       (SELECT at, id FROM queuedeck.set_aside WHERE source = $1 ORDER BY at DESC, id DESC OFFSET ${MOST_SET_ASIDE - 1} LIMIT 1)`,
    [source],
  );
}

export interface SetAsideRow {
  queue: string;
  job: string | null;
  reason: string;
  at: Date;
  times: number;
}

/** Newest first, without the samples; how many there are, and how many of them were met within the last day. */
export async function readSetAside(
  store: Queries,
  source: string,
  limit: number,
): Promise<{ total: number; lastDay: number; rows: SetAsideRow[] }> {
  const [[counts], rows] = await Promise.all([
    store.query<{ total: number; last_day: number }>(
      `SELECT count(*)::int AS total, count(*) FILTER (WHERE at > now() - interval '1 day')::int AS last_day
         FROM queuedeck.set_aside WHERE source = $1`,
      [source],
    ),
    store.query<SetAsideRow & { [column: string]: unknown }>(
      `SELECT queue, job, reason, at, times FROM queuedeck.set_aside WHERE source = $1 ORDER BY at DESC, id DESC LIMIT $2`,
      [source, limit],
    ),
  ]);
  return { total: counts?.total ?? 0, lastDay: counts?.last_day ?? 0, rows };
}

/** Of each source how many were met within the last day; none = not in the answer. */
export async function countSetAside(store: Queries, sources: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await store.query<{ source: string; times: number }>(
    `SELECT source, count(*)::int AS times FROM queuedeck.set_aside
      WHERE source = ANY($1::text[]) AND at > now() - interval '1 day' GROUP BY source`,
    [sources],
  );
  return new Map(rows.map(({ source, times }) => [source, times]));
}
