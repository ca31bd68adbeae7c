import type pg from 'pg';
import { NORMALISER_VERSION, type NormalisedError } from '@/lib/failures/naming/normalise';
import { cleanText } from '@/lib/store/clean-text';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import { type Folded, foldFamilies } from './fold-families';
import { lockGroups } from './lock-groups';
import { openHeads } from './open-heads';

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
  /** Of one that is new: the family, and whether it stands for all of it. */
  family: Buffer | null;
  isFolded: boolean;
}

/**
 * Counts new failures into their groups, by the fingerprint in hex; in the transaction of whoever counts each failure once. A
 * resolved group that fails again is open and marked as regressed; a muted one opens when its time or its number is over. What is
 * merged into another is counted by itself, and opens its head.
 * Five statements, one more where names are new, and one where merged groups fail; rows in the order of the fingerprints.
 */
export async function recordFailures(
  client: pg.PoolClient,
  source: string,
  failures: readonly NewFailure[],
): Promise<Map<string, GroupIds>> {
  if (failures.length === 0) return new Map();
  await lockGroups(client, source, 'shared');
  const met = tally(failures);
  const folded = await foldFamilies(client, source, met);
  const groups = foldTallies(met, folded);
  const scopes = await putScopes(client, source, groups);
  const ids = await putGroups(client, source, groups, scopes);
  for (const [fingerprint, { fingerprint: other }] of folded.into) {
    const into = ids.get(other.toString('hex'));
    if (into) ids.set(fingerprint, into);
  }
  await putKinds(client, failures, ids);
  return ids;
}

/** Those that open no group of their own, added up in the one of their family. */
function foldTallies(met: readonly Tallied[], { families, into }: Folded): Tallied[] {
  const byPrint = new Map<string, Tallied>();
  for (const one of met) {
    const family = families.get(one.fingerprint)?.key ?? null;
    const target = into.get(one.fingerprint);
    const fingerprint = target ? target.fingerprint.toString('hex') : one.fingerprint;
    const known = byPrint.get(fingerprint);
    if (known) addTally(known, one);
    else
      byPrint.set(fingerprint, {
        ...one,
        fingerprint,
        title: target?.title ?? one.title,
        family,
        isFolded: target !== undefined,
      });
  }
  return [...byPrint.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

function addTally(
  known: Tallied,
  { total, firstAt, lastAt, message }: Pick<Tallied, 'total' | 'firstAt' | 'lastAt' | 'message'>,
) {
  known.total += total;
  known.firstAt = Math.min(known.firstAt, firstAt);
  if (lastAt < known.lastAt) return;
  known.lastAt = lastAt;
  known.message = message;
}

function tally(failures: readonly NewFailure[]): Tallied[] {
  const byPrint = new Map<string, Tallied>();
  for (const { error, message, version, at } of failures) {
    const fingerprint = error.fingerprint.toString('hex');
    const known = byPrint.get(fingerprint);
    const said = { total: 1, firstAt: at, lastAt: at, message: message.slice(0, MESSAGE_CHARS) };
    if (known) addTally(known, said);
    else {
      const { title, frame } = error;
      byPrint.set(fingerprint, { ...said, fingerprint, title, frame, version, family: null, isFolded: false });
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
  const { rows } = await client.query<{
    id: number;
    scope_id: number;
    fingerprint: Buffer;
    head: number;
    is_merged: boolean;
  }>({
    name: 'failure-groups',
    text: `
INSERT INTO queuedeck.failure_group AS g
       (source, fingerprint, title, message, frame, scope_id, total, first_at, last_at, first_version, naming, family, opened_at, is_folded)
SELECT $1, decode(f.fingerprint, 'hex'), f.title, f.message, f.frame, f.scope_id, f.total,
       to_timestamp(f.first_at / 1000), to_timestamp(f.last_at / 1000), nullif(f.version, ''),
       ${NORMALISER_VERSION}, decode(f.family, 'hex'), to_timestamp(f.first_at / 1000), f.is_folded
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::float8[], $9::float8[], $10::text[], $11::text[], $12::bool[])
       AS f(fingerprint, title, message, frame, scope_id, total, first_at, last_at, version, family, is_folded)
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
RETURNING id, scope_id, fingerprint, head, head <> id OR EXISTS (SELECT FROM queuedeck.failure_group p WHERE p.head = g.id AND p.id <> g.id) AS is_merged`,
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
      groups.map(({ family }) => family?.toString('hex') ?? null),
      groups.map(({ isFolded }) => isFolded),
    ],
  });
  const merged = rows.filter(({ is_merged }) => is_merged);
  if (merged.length > 0) await openHeads(client, merged);
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
