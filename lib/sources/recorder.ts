import type { Recorder } from '@/lib/contracts/recorder';
import { readKnownSince } from '@/lib/metrics/known';
import { findSource } from '@/lib/sources/find';
import { readBrokerRate } from '@/lib/sources/record/broker-rate';
import { readSetAsideOf } from '@/lib/sources/record/set-aside';
import { viewCost } from '@/lib/sources/record/view-cost';
import { LAG_MS } from '@/lib/store/recording/lag';
import type { Store } from '@/lib/store/store';
import { query } from '@/lib/verbs';

const BEHIND_MS = 5_000;
const SIZES_EVERY_MS = 15_000;
const MOST_GAPS = 50;

interface Row {
  owner: string | null;
  is_held: boolean;
  lag: number | null;
  seen_until: Date | null;
  reconciled_at: Date | null;
  progress: { backfill?: { queue: string | null; done: number; total: number; startedAt: number } | null } | null;
  cost: {
    /** Left out by a monitor of an earlier version. */
    roundTripsPerSecond?: number;
    commandsPerSecond: number;
    bytesPerSecond: number;
    share: number | null;
    jobsPerSecond: number;
    commandsPerJob: number | null;
  } | null;
}

/** How a source's record goes on. A source that nobody records says so. */
export const getRecorder = query('source.recorder', async (ask, { source }): Promise<Recorder> => {
  const { config, backend } = findSource(ask.sources, source);
  const [[row], gaps, sizes, since, setAside, broker] = await Promise.all([
    ask.store.query<Row>(
      `SELECT owner, lease_until > clock_timestamp() AS is_held, ${LAG_MS} AS lag, seen_until, reconciled_at, progress, cost
         FROM queuedeck.recorder WHERE source = $1 AND cursor IS NOT NULL`,
      [config.name],
    ),
    readGaps(ask.store, config.name),
    readSizes(ask.store),
    readSince(ask.store, config.name),
    readSetAsideOf(ask.store, config.name),
    readBrokerRate(backend),
  ]);
  const lagMs = row ? Math.round(row.lag ?? 0) : null;
  const backfill = row?.progress?.backfill ?? null;
  return {
    source: config.name,
    state: !backend.recording
      ? 'off'
      : !row?.is_held
        ? 'waiting'
        : backfill
          ? 'backfilling'
          : (lagMs ?? 0) > BEHIND_MS
            ? 'catching-up'
            : 'recording',
    owner: row?.is_held ? (row.owner?.split(':').slice(0, 2).join(':') ?? null) : null,
    lagMs,
    seenUntil: row?.seen_until?.toISOString() ?? null,
    reconciledAt: row?.reconciled_at?.toISOString() ?? null,
    backfill: backfill && {
      queue: backfill.queue,
      done: backfill.done,
      total: backfill.total,
      startedAt: new Date(backfill.startedAt).toISOString(),
      leftMs: leftOf(backfill),
    },
    gaps,
    setAside,
    knownSince: since,
    jobs: {
      recorded: sizes.jobs,
      sizeBytes: sizes.bytes,
      bytesPerJob: sizes.jobs > 0 ? Math.round(sizes.bytes / sizes.jobs) : null,
      keepDays: ask.env.keepDays,
      keepBytes: ask.env.keepBytes,
    },
    broker,
    cost: row?.cost
      ? {
          record: {
            roundTripsPerSecond: row.cost.roundTripsPerSecond ?? null,
            commandsPerSecond: row.cost.commandsPerSecond,
            bytesPerSecond: row.cost.bytesPerSecond,
            share: row.cost.share,
          },
          views: viewCost(backend),
          jobsPerSecond: row.cost.jobsPerSecond,
          commandsPerJob: row.cost.commandsPerJob,
        }
      : null,
  };
});

function leftOf({ done, total, startedAt }: { done: number; total: number; startedAt: number }): number | null {
  const spent = Date.now() - startedAt;
  return done === 0 || spent < 1_000 ? null : Math.round((spent / done) * Math.max(0, total - done));
}

async function readGaps(store: Store, source: string): Promise<Recorder['gaps']> {
  const rows = await store.query<{
    queue: string | null;
    from_at: Date;
    to_at: Date;
    unseen: number | null;
    reason: string;
  }>(
    `SELECT queue, from_at, to_at, unseen, reason FROM queuedeck.recording_gap WHERE source = $1 ORDER BY to_at DESC, id DESC LIMIT ${MOST_GAPS}`,
    [source],
  );
  return rows.map(({ queue, from_at, to_at, unseen, reason }) => ({
    queue,
    from: from_at.toISOString(),
    to: to_at.toISOString(),
    unseen,
    reason,
  }));
}

/** Since when there are figures: jobs go sooner. */
async function readSince(store: Store, source: string): Promise<string | null> {
  const rows = await store.query<{ id: number }>('SELECT id FROM queuedeck.scope WHERE kind = 0 AND source = $1', [
    source,
  ]);
  const at = await readKnownSince(
    store,
    rows.map(({ id }) => id),
  );
  return at === null ? null : new Date(at).toISOString();
}

const sizes = new WeakMap<Store, { at: number; read: Promise<{ jobs: number; bytes: number }> }>();

/** Of all sources together: they share the partitions. As of the last 15 s. */
function readSizes(store: Store): Promise<{ jobs: number; bytes: number }> {
  const known = sizes.get(store);
  if (known && Date.now() - known.at < SIZES_EVERY_MS) return known.read;
  const read = store
    .query<{ jobs: number; bytes: number }>(
      `SELECT coalesce(sum(greatest(c.reltuples, coalesce(s.n_live_tup, 0), 0)), 0)::float8 AS jobs,
              coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 AS bytes
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
        WHERE i.inhparent = 'queuedeck.job'::regclass`,
    )
    .then(([row]) => ({ jobs: Math.round(row?.jobs ?? 0), bytes: row?.bytes ?? 0 }));
  sizes.set(store, { at: Date.now(), read });
  read.catch(() => sizes.delete(store));
  return read;
}
