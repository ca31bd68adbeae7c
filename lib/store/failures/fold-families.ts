import type pg from 'pg';
import { type Family, familyOf, foldFamily } from '@/lib/failures/naming/family';
import type { NormalisedError } from '@/lib/failures/naming/normalise';

const HOUR_MS = 3_600_000;
/** So many new groups a family may have within an hour. */
export const MOST_NEW = 20;
const MOST_READ = 1_000;

/** A name that was met, and when first and last. `fingerprint`: in hex. */
export interface Met {
  fingerprint: string;
  title: string;
  frame: string | null;
  firstAt: number;
  lastAt: number;
}

export interface Folded {
  /** Of names that are not met for the first time, nothing is said. */
  families: ReadonlyMap<string, Family>;
  /** By the fingerprint of each that opens no group of its own: where it goes. */
  into: ReadonlyMap<string, NormalisedError>;
}

interface State {
  family: Family;
  frame: string | null;
  /** When its groups opened. */
  opened: number[];
  /** When the one that it goes on in had a failure last. */
  foldedAt: number | null;
}

/**
 * The valve: which new names open no group. The twenty-first of a family within an hour, and those that come while the family's one has
 * failed within an hour, go into that one. What is there stays. Decided in the order of time, by what the store has: a batch that is
 * written again comes out the same, and a restart changes nothing.
 */
export async function foldFamilies(client: pg.PoolClient, source: string, met: readonly Met[]): Promise<Folded> {
  const fresh = await findFresh(client, source, met);
  const families = new Map(fresh.map((one) => [one.fingerprint, familyOf(one)]));
  const into = new Map<string, NormalisedError>();
  if (fresh.length === 0) return { families, into };
  const states = await readStates(client, source, fresh, families);
  for (const { fingerprint, frame, firstAt, lastAt } of fresh) {
    const state = states.get(keyOf(families.get(fingerprint) as Family)) as State;
    const near = (at: number) => Math.abs(at - firstAt) < HOUR_MS;
    const isShut = state.foldedAt !== null && near(state.foldedAt);
    if (!isShut && state.opened.filter(near).length < MOST_NEW) {
      state.opened.push(firstAt);
      continue;
    }
    into.set(fingerprint, foldFamily(state.family, frame));
    state.foldedAt = Math.max(state.foldedAt ?? 0, lastAt);
  }
  return { families, into };
}

const keyOf = ({ key }: Family) => key.toString('hex');

async function findFresh(client: pg.PoolClient, source: string, met: readonly Met[]): Promise<Met[]> {
  const { rows } = await client.query<{ fingerprint: Buffer }>({
    name: 'known-groups',
    text: 'SELECT fingerprint FROM queuedeck.failure_group WHERE source = $1 AND fingerprint = ANY($2::bytea[])',
    values: [source, met.map(({ fingerprint }) => Buffer.from(fingerprint, 'hex'))],
  });
  const known = new Set(rows.map(({ fingerprint }) => fingerprint.toString('hex')));
  return met
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .sort((a, b) => a.firstAt - b.firstAt || (a.fingerprint < b.fingerprint ? -1 : 1));
}

async function readStates(
  client: pg.PoolClient,
  source: string,
  fresh: readonly Met[],
  families: ReadonlyMap<string, Family>,
): Promise<Map<string, State>> {
  const states = new Map<string, State>();
  for (const { fingerprint, frame } of fresh) {
    const family = families.get(fingerprint) as Family;
    states.set(keyOf(family), { family, frame, opened: [], foldedAt: null });
  }
  const { rows } = await client.query<{ family: Buffer; at: number; is_folded: boolean }>({
    name: 'failure-families',
    text: `
SELECT f.family, o.at, o.is_folded FROM unnest($2::bytea[]) AS f(family)
 CROSS JOIN LATERAL (
   (SELECT extract(epoch FROM opened_at)::float8 * 1000 AS at, false AS is_folded FROM queuedeck.failure_group
     WHERE source = $1 AND family = f.family AND NOT is_folded AND opened_at BETWEEN to_timestamp($3::float8 / 1000) AND to_timestamp($4::float8 / 1000)
     ORDER BY opened_at DESC LIMIT ${MOST_READ})
   UNION ALL
   (SELECT extract(epoch FROM last_at)::float8 * 1000, true FROM queuedeck.failure_group
     WHERE source = $1 AND family = f.family AND is_folded LIMIT 1)) o`,
    values: [
      source,
      [...states.values()].map(({ family }) => family.key),
      (fresh[0]?.firstAt ?? 0) - HOUR_MS,
      (fresh.at(-1)?.firstAt ?? 0) + HOUR_MS,
    ],
  });
  for (const { family, at, is_folded } of rows) {
    const state = states.get(family.toString('hex'));
    if (state && is_folded) state.foldedAt = at;
    else state?.opened.push(at);
  }
  return states;
}
