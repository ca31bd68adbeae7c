import { mayDo } from '@/lib/auth/permissions';
import type { FailureGroup } from '@/lib/contracts/failures';
import { countSteps, type Period } from '@/lib/metrics/period';
import { readCounts } from '@/lib/store/figures/read-figures';
import type { Queries } from '@/lib/store/queries';
import { readName } from '@/lib/store/stored-name';
import type { Ask } from '@/lib/verbs';

const DAY_MS = 86_400_000;
const MOST_PLACES = 200;
const MOST_VERSIONS = 10;
const COUNT_UP_TO = 100_000;

export interface GroupRow {
  id: number;
  source: string;
  title: string;
  message: string;
  frame: string | null;
  is_folded: boolean;
  /** Those that it stands for, itself among them, and the scopes of their figures. */
  members: number[];
  scope_ids: number[];
  total: string;
  first_at: Date;
  last_at: Date;
  state: FailureGroup['state'];
  muted_until: Date | null;
  muted_above: string | null;
  regressed_at: Date | null;
  note: string | null;
  in_range?: number;
}

/** Heads `g` with what is counted of all that they stand for. `heads`: a query of their ids. */
export const groupsFrom = (heads: string) => `(
   SELECT m.head, array_agg(m.id) AS members, array_agg(m.scope_id) AS scope_ids, sum(m.total)::bigint AS total, min(m.first_at) AS first_at,
          max(m.last_at) AS last_at, (array_agg(m.message ORDER BY m.last_at DESC))[1] AS message
     FROM queuedeck.failure_group m WHERE m.head IN (${heads}) GROUP BY m.head) p JOIN queuedeck.failure_group g ON g.id = p.head`;
export const GROUP_COLUMNS =
  'g.id, g.source, g.title, p.message, g.frame, g.is_folded, p.members, p.scope_ids, p.total, p.first_at, p.last_at, g.state, g.muted_until, g.muted_above, g.regressed_at, g.note';

export interface Place {
  group_id: number;
  queue: string;
  name: string;
  version: string;
  total: number;
  last_at: Date;
}

const ACTIONS = [
  'failure.mute',
  'failure.resolve',
  'failure.reopen',
  'failure.note',
  'failure.operate',
  'failure.merge',
  'failure.split',
] as const;

/** Groups as they are shown, with their line over the period: three reads for all of them. */
export async function presentGroups(
  ask: Ask,
  store: Queries,
  rows: readonly GroupRow[],
  period: Period,
): Promise<FailureGroup[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [counts, places, standing] = await Promise.all([
    readCounts(
      store,
      rows.flatMap(({ scope_ids }) => scope_ids),
      period,
      'failedAttempts',
    ),
    readPlaces(store, ids),
    readStanding(store, rows),
  ]);
  const steps = countSteps(period);
  return rows.map((row) => {
    const own = row.scope_ids.map((scope) => counts.get(scope));
    const line = Array.from({ length: steps }, (_, step) => own.reduce((sum, one) => sum + (one?.[step] ?? 0), 0));
    const here = places.filter((place) => place.group_id === row.id);
    const versions = [...new Set(here.map(({ version }) => version).filter(Boolean))];
    return {
      id: row.id,
      source: row.source,
      title: row.title,
      message: row.message,
      frame: row.frame,
      parts: row.members.length - 1,
      isFolded: row.is_folded,
      state: row.state,
      mutedUntil: row.state === 'muted' ? (row.muted_until?.toISOString() ?? null) : null,
      mutedAbove: row.state === 'muted' && row.muted_above !== null ? Number(row.muted_above) : null,
      note: row.note,
      jobsNow: standing.get(row.id)?.jobsNow ?? 0,
      inRange: line.reduce((sum, one) => sum + one, 0),
      total: Number(row.total),
      line,
      queues: [...new Set(here.map(({ queue }) => queue))],
      names: [...new Set(here.map(({ name }) => name))].slice(0, 20),
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      versions: versions.slice(0, MOST_VERSIONS),
      newSince: standing.get(row.id)?.newSince ?? null,
      isNew: row.first_at.getTime() >= Math.max(period.fromMs, Date.now() - DAY_MS),
      isRegressed: row.state !== 'resolved' && (row.regressed_at?.getTime() ?? 0) >= period.fromMs,
      can: ask.env.readOnly ? [] : ACTIONS.filter((verb) => mayDo(ask.actor, verb)),
    };
  });
}

/** Newest first. */
export async function readPlaces(store: Queries, ids: readonly number[]): Promise<Place[]> {
  const rows = await store.query<Omit<Place, 'last_at'> & { raw_queue: string | null; last_at: number }>(
    `SELECT g.id AS group_id, s.queue, s.raw_queue, s.name, k.version, k.total::float8 AS total, extract(epoch FROM k.last_at)::float8 * 1000 AS last_at
       FROM unnest($1::int[]) AS g(id)
      CROSS JOIN LATERAL (
        SELECT k.kind_id, k.version, sum(k.total) AS total, max(k.last_at) AS last_at
          FROM queuedeck.failure_group m JOIN queuedeck.failure_kind k ON k.group_id = m.id
         WHERE m.head = g.id GROUP BY k.kind_id, k.version ORDER BY max(k.last_at) DESC LIMIT ${MOST_PLACES}) k
       JOIN queuedeck.scope s ON s.id = k.kind_id ORDER BY k.last_at DESC`,
    [ids],
  );
  return rows.map(({ raw_queue, last_at, ...place }) => ({
    ...place,
    queue: readName(place.queue, raw_queue),
    last_at: new Date(last_at),
  }));
}

interface Standing {
  jobsNow: number;
  /** The deploy after which it came first, within a day. */
  newSince: string | null;
}

/** How many jobs that failed for good with it the broker has, as far as the record knows; and since what a group is there. */
async function readStanding(store: Queries, rows: readonly GroupRow[]): Promise<Map<number, Standing>> {
  const found = await store.query<{ id: number; jobs: number; version: string | null }>(
    `SELECT g.id, (SELECT count(*)::int FROM (SELECT FROM queuedeck.job j
                    WHERE j.group_id = ANY(ARRAY(SELECT m.id FROM queuedeck.failure_group m WHERE m.head = g.id)) AND j.state = 6 AND (j.flags & 1) = 0 LIMIT ${COUNT_UP_TO}) f) AS jobs,
            (SELECT version FROM queuedeck.deploy d
              WHERE d.at > 'epoch' AND d.at <= g.first_at AND d.at > g.first_at - interval '1 day' AND (d.source IS NULL OR d.source = g.source)
              ORDER BY d.at DESC LIMIT 1) AS version
       FROM unnest($1::int[], $2::timestamptz[], $3::text[]) AS g(id, first_at, source)`,
    [rows.map(({ id }) => id), rows.map(({ first_at }) => first_at), rows.map(({ source }) => source)],
  );
  return new Map(found.map(({ id, jobs, version }) => [id, { jobsNow: jobs, newSince: version }]));
}
