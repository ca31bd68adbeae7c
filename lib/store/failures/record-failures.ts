import type pg from 'pg';
import type { NormalisedError } from '@/lib/failures/naming/normalise';
import { cleanText } from '@/lib/store/clean-text';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';

export interface NewFailure {
  error: NormalisedError;
  message: string;
  kindId: number;
  /** Of the worker that met it; '' = not known. */
  version: string;
  at: number;
  isFinal: boolean;
}

export interface GroupIds {
  groupId: number;
  scopeId: number;
}

const MESSAGE_CHARS = 300;

interface Tallied {
  fingerprint: string;
  title: string;
  message: string;
  frame: string | null;
  version: string;
  total: number;
  firstAt: number;
  lastAt: number;
}

/**
 * Counts new failures into their groups, by the fingerprint in hex; in the transaction of whoever counts each failure once. A
 * resolved group that fails again is open and marked as regressed; a muted one opens when its time or its number is over.
 * Three statements, in the order of the fingerprints.
 */
export async function recordFailures(
  client: pg.PoolClient,
  source: string,
  failures: readonly NewFailure[],
): Promise<Map<string, GroupIds>> {
  if (failures.length === 0) return new Map();
  const groups = tally(failures);
  const scopes = await putScopes(client, source, groups);
  const ids = await putGroups(client, source, groups, scopes);
  await putKinds(client, failures, ids);
  return ids;
}

function tally(failures: readonly NewFailure[]): Tallied[] {
  const byPrint = new Map<string, Tallied>();
  for (const { error, message, version, at } of failures) {
    const fingerprint = error.fingerprint.toString('hex');
    const known = byPrint.get(fingerprint);
    if (!known) {
      const said = { message: message.slice(0, MESSAGE_CHARS), frame: error.frame, version };
      byPrint.set(fingerprint, { fingerprint, title: error.title, ...said, total: 1, firstAt: at, lastAt: at });
      continue;
    }
    known.total += 1;
    if (at < known.firstAt) known.firstAt = at;
    if (at >= known.lastAt) {
      known.lastAt = at;
      known.message = message.slice(0, MESSAGE_CHARS);
    }
  }
  return [...byPrint.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

async function putScopes(client: pg.PoolClient, source: string, groups: readonly Tallied[]) {
  const keys = groups.map(({ fingerprint }) => scopeKey(SCOPE_KINDS.group, source, null, fingerprint));
  const { rows } = await client.query<{ id: number; name: string }>({
    name: 'failure-scopes',
    text: `INSERT INTO queuedeck.scope (kind, source, name, key)
           SELECT ${SCOPE_KINDS.group}, $1, name, key FROM unnest($2::text[], $3::bytea[]) AS g(name, key)
           ON CONFLICT (key) DO UPDATE SET seen_at = now() RETURNING id, name`,
    values: [source, groups.map(({ fingerprint }) => fingerprint), keys],
  });
  return new Map(rows.map(({ id, name }) => [name, id]));
}

async function putGroups(
  client: pg.PoolClient,
  source: string,
  groups: readonly Tallied[],
  scopes: ReadonlyMap<string, number>,
): Promise<Map<string, GroupIds>> {
  const { rows } = await client.query<{ id: number; scope_id: number; fingerprint: Buffer }>({
    name: 'failure-groups',
    text: `
INSERT INTO queuedeck.failure_group AS g
       (source, fingerprint, title, message, frame, scope_id, total, first_at, last_at, first_version)
SELECT $1, decode(f.fingerprint, 'hex'), f.title, f.message, f.frame, f.scope_id, f.total,
       to_timestamp(f.first_at / 1000), to_timestamp(f.last_at / 1000), nullif(f.version, '')
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::float8[], $9::float8[], $10::text[])
       AS f(fingerprint, title, message, frame, scope_id, total, first_at, last_at, version)
ON CONFLICT (source, fingerprint) DO UPDATE SET
  total = g.total + excluded.total,
  first_at = least(g.first_at, excluded.first_at),
  message = CASE WHEN excluded.last_at >= g.last_at THEN excluded.message ELSE g.message END,
  last_at = greatest(g.last_at, excluded.last_at),
  regressed_at = CASE WHEN g.state = 'resolved' AND excluded.last_at > g.resolved_at THEN excluded.last_at ELSE g.regressed_at END,
  state = CASE
    WHEN g.state = 'resolved' AND excluded.last_at > g.resolved_at THEN 'open'
    WHEN g.state = 'muted' AND (excluded.last_at > g.muted_until OR g.total + excluded.total > g.muted_above) THEN 'open'
    ELSE g.state END
RETURNING id, scope_id, fingerprint`,
    values: [
      source,
      groups.map(({ fingerprint }) => fingerprint),
      groups.map(({ title }) => cleanText(title)),
      groups.map(({ message }) => cleanText(message)),
      groups.map(({ frame }) => cleanText(frame)),
      groups.map(({ fingerprint }) => scopes.get(fingerprint)),
      groups.map(({ total }) => total),
      groups.map(({ firstAt }) => firstAt),
      groups.map(({ lastAt }) => lastAt),
      groups.map(({ version }) => cleanText(version)),
    ],
  });
  return new Map(
    rows.map(({ id, scope_id, fingerprint }) => [fingerprint.toString('hex'), { groupId: id, scopeId: scope_id }]),
  );
}

/** In which jobs, by which version: one row each. */
async function putKinds(client: pg.PoolClient, failures: readonly NewFailure[], ids: ReadonlyMap<string, GroupIds>) {
  const kinds = new Map<string, { groupId: number; kindId: number; version: string; total: number; lastAt: number }>();
  for (const { error, kindId, version, at } of failures) {
    const groupId = ids.get(error.fingerprint.toString('hex'))?.groupId ?? 0;
    const key = `${groupId} ${kindId} ${version}`;
    const known = kinds.get(key) ?? { groupId, kindId, version, total: 0, lastAt: at };
    known.total += 1;
    known.lastAt = Math.max(known.lastAt, at);
    kinds.set(key, known);
  }
  const rows = [...kinds.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await client.query({
    name: 'failure-kinds',
    text: `INSERT INTO queuedeck.failure_kind AS k (group_id, kind_id, version, total, last_at)
           SELECT r.g, r.k, r.v, r.n, to_timestamp(r.at / 1000)
             FROM unnest($1::int[], $2::int[], $3::text[], $4::bigint[], $5::float8[]) AS r(g, k, v, n, at)
           ON CONFLICT (group_id, kind_id, version) DO UPDATE
             SET total = k.total + excluded.total, last_at = greatest(k.last_at, excluded.last_at)`,
    values: [
      rows.map(({ groupId }) => groupId),
      rows.map(({ kindId }) => kindId),
      rows.map(({ version }) => cleanText(version)),
      rows.map(({ total }) => total),
      rows.map(({ lastAt }) => lastAt),
    ],
  });
}
