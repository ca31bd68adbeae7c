import type { FailureCause } from '@/lib/contracts/queues';
import { ENOUGH_JOBS } from '@/lib/contracts/states';
import type { Ended } from '@/lib/queues/health/facts';
import type { Queries } from '@/lib/store/queries';
import { readCauses } from './read-causes';
import type { RecordedQueue } from './read-recorded';
import { type Bucket, findSpellStart } from './spell';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const USUAL_DAYS = 7;

export interface FailingDetail {
  usual: Ended | null;
  /** Since when it fails so, epoch ms. */
  since: number | null;
  cause: FailureCause | null;
}

interface BucketRow extends Record<string, unknown> {
  scope_id: number;
  level: number;
  at: number;
  jobs: number;
  failed: number;
}

/** What is usual for queues that fail, since when they fail, and of what. */
export async function readFailing(
  store: Queries,
  source: string,
  queues: readonly RecordedQueue[],
  now: number,
): Promise<Map<string, FailingDetail>> {
  if (queues.length === 0) return new Map();
  const [rows, causes] = await Promise.all([
    readBuckets(
      store,
      queues.map(({ scope }) => scope),
      now,
    ),
    readCauses(store, source, queues),
  ]);
  return new Map(
    queues.map(({ name, scope, ended }) => {
      const own = rows.filter((row) => row.scope_id === scope);
      const of = (level: number): Bucket[] => own.filter((row) => row.level === level);
      const since = findSpellStart(of(0), of(1), ended.failed / ended.jobs / 2);
      return [name, { usual: usualOf(of(2), of(1), since, now), since, cause: causes.get(scope) ?? null }];
    }),
  );
}

/**
 * The days before this one, without what of them is of the spell itself (it may have begun before midnight); of a queue that is younger,
 * the hours before the last.
 */
function usualOf(days: Bucket[], tens: Bucket[], since: number | null, now: number): Ended {
  const today = now - (now % DAY_MS);
  // A bucket of ten minutes begins before what happened in it.
  const ofSpell = (at: number) => since !== null && at > since - 10 * MINUTE_MS;
  const all = sum(days.filter(({ at }) => at + DAY_MS <= now));
  const spell = sum(tens.filter(({ at }) => at < today && ofSpell(at)));
  const before = { jobs: Math.max(0, all.jobs - spell.jobs), failed: Math.max(0, all.failed - spell.failed) };
  return before.jobs >= ENOUGH_JOBS ? before : sum(tens.filter(({ at }) => at < now - 2 * HOUR_MS && !ofSpell(at)));
}

const sum = (buckets: Bucket[]): Ended =>
  buckets.reduce((total, { jobs, failed }) => ({ jobs: total.jobs + jobs, failed: total.failed + failed }), {
    jobs: 0,
    failed: 0,
  });

function readBuckets(store: Queries, scopes: readonly number[], now: number): Promise<BucketRow[]> {
  return store.query<BucketRow>(
    `SELECT scope_id, level, (extract(epoch FROM at) * 1000)::float8 AS at, (completed + failed)::float8 AS jobs, failed::float8 AS failed
       FROM queuedeck.figure WHERE scope_id = ANY($1::int[]) AND completed + failed > 0
        AND ((level = 0 AND at > to_timestamp($2::float8 / 1000)) OR (level = 1 AND at > to_timestamp($3::float8 / 1000))
          OR (level = 2 AND at > to_timestamp($4::float8 / 1000)))
      ORDER BY at DESC`,
    [scopes, now - HOUR_MS, now - DAY_MS, now - (USUAL_DAYS + 1) * DAY_MS],
  );
}
