import type pg from 'pg';
import { familyOf, foldFamily } from '@/lib/failures/naming/family';
import { NORMALISER_VERSION, type NormalisedError, nameError } from '@/lib/failures/naming/normalise';
import { cleanText } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import { lockGroups } from './lock-groups';
import { countParts, MOST_PARTS, mergeGroups } from './merge-groups';

const PAGE = 500;
/** What a group keeps of its newest message may be cut there. */
const MESSAGE_CHARS = 300;
const MOST_NOTE = 1_000;

interface Row {
  id: number;
  head: number;
  title: string;
  message: string;
  frame: string | null;
  note: string | null;
  is_folded: boolean;
}

/**
 * Gives the groups of a source the names that the rules of today give them, so that the next failure finds the group that there is: its
 * state, note and number stay. Of several that are one now the first stands for all, and the others are merged into it: open ones
 * come first, so that nothing that is open is hidden by a mute. Page by page, each in a transaction; none is done twice.
 * What is beyond the most that one may stand for stays by itself.
 */
export async function nameGroupsAgain(store: Store, source: string, signal: AbortSignal): Promise<number> {
  let named = 0;
  while (!signal.aborted) {
    const count = await store.transaction((client) => namePage(client, source));
    named += count;
    if (count < PAGE) break;
  }
  return named;
}

async function namePage(client: pg.PoolClient, source: string): Promise<number> {
  await lockGroups(client, source, 'alone');
  const { rows } = await client.query<Row>(
    `SELECT id, head, title, message, frame, note, is_folded FROM queuedeck.failure_group WHERE source = $1 AND naming < ${NORMALISER_VERSION}
      ORDER BY array_position(ARRAY['open', 'muted', 'resolved'], state), last_at DESC, id LIMIT ${PAGE}`,
    [source],
  );
  if (rows.length === 0) return 0;
  const names = new Map(rows.map((row) => [row.id, nameOf(row)]));
  const owners = await findOwners(client, source, [...names.values()]);
  const kept: Row[] = [];
  const merges = new Map<number, Row[]>();
  for (const row of rows) {
    const print = names.get(row.id)?.fingerprint.toString('hex') ?? '';
    const owner = owners.get(print);
    if (owner === undefined) {
      owners.set(print, row.head);
      kept.push(row);
    } else if (owner !== row.head && row.head === row.id) merges.set(owner, [...(merges.get(owner) ?? []), row]);
  }
  await keepNames(client, kept, names);
  await client.query(
    `UPDATE queuedeck.failure_group SET naming = ${NORMALISER_VERSION}, opened_at = coalesce(opened_at, first_at) WHERE id = ANY($1::int[])`,
    [rows.map(({ id }) => id)],
  );
  for (const [into, parts] of merges) await mergeParts(client, source, into, parts);
  return rows.length;
}

/** Of a message that is not there as a whole, what the rules of before made of it is the best that there is. */
function nameOf({ title, message, frame, is_folded }: Row): NormalisedError {
  if (is_folded) return foldFamily(familyOf({ title, frame }), frame);
  const isWhole = message.length < MESSAGE_CHARS || message.includes('\n');
  return nameError(isWhole && !message.startsWith('Traceback (') ? message : title, frame);
}

/** The heads of those that have these names already. */
async function findOwners(client: pg.PoolClient, source: string, names: readonly NormalisedError[]) {
  const { rows } = await client.query<{ print: string; head: number }>(
    `SELECT encode(fingerprint, 'hex') AS print, head FROM queuedeck.failure_group WHERE source = $1 AND fingerprint = ANY($2::bytea[])`,
    [source, names.map(({ fingerprint }) => fingerprint)],
  );
  return new Map(rows.map(({ print, head }) => [print, head]));
}

async function keepNames(client: pg.PoolClient, rows: readonly Row[], names: ReadonlyMap<number, NormalisedError>) {
  const kept = rows.map(({ id }) => ({ id, name: names.get(id) as NormalisedError }));
  await client.query(
    `UPDATE queuedeck.failure_group g SET fingerprint = n.fingerprint, title = n.title, family = n.family
       FROM unnest($1::int[], $2::bytea[], $3::text[], $4::bytea[]) AS n(id, fingerprint, title, family) WHERE g.id = n.id`,
    [
      kept.map(({ id }) => id),
      kept.map(({ name }) => name.fingerprint),
      kept.map(({ name }) => cleanText(name.title)),
      kept.map(({ name }) => familyOf(name).key),
    ],
  );
}

async function mergeParts(client: pg.PoolClient, source: string, into: number, parts: readonly Row[]): Promise<void> {
  const place = MOST_PARTS - (await countParts(client, [into]));
  const fit: Row[] = [];
  let taken = 0;
  for (const part of parts) {
    const size = await countParts(client, [part.id]);
    if (taken + size > place) continue;
    taken += size;
    fit.push(part);
  }
  if (fit.length === 0) return;
  await mergeGroups(client, { source, into, groups: fit.map(({ id }) => id), by: null });
  const notes = fit.flatMap(({ note }) => note ?? []);
  if (notes.length > 0) await addNotes(client, into, notes);
}

/** Each note once, as far as there is place; what has none stays with the part that has it. */
async function addNotes(client: pg.PoolClient, into: number, notes: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ note: string | null }>(
    'SELECT note FROM queuedeck.failure_group WHERE id = $1',
    [into],
  );
  const all = [...new Set([...(rows[0]?.note ? [rows[0].note] : []), ...notes])];
  let note = '';
  for (const one of all) if (note.length + one.length < MOST_NOTE) note += `${note ? '\n' : ''}${one}`;
  await client.query('UPDATE queuedeck.failure_group SET note = $2 WHERE id = $1', [into, note]);
}
