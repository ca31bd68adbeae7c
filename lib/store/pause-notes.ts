import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { EventPlace } from '@/lib/backends/changes';
import type { RecordBatch } from '@/lib/backends/recording';
import type { PauseNote } from '@/lib/contracts/queues';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

/** Without the recorder's word for longer than this, nobody knows whether the queue was resumed meanwhile. */
const BLIND_S = 60;
const MOST = 2_000;

export interface NewPauseNote {
  source: string;
  queue: string;
  by: string;
  reason: string | null;
}

/**
 * A note on a pause is opened before the broker pauses, so that a resume which is read meanwhile takes it away; and is seen once it
 * is confirmed.
 */
export async function openPauseNote(store: Store, note: NewPauseNote): Promise<string> {
  const id = randomUUID();
  await store.query('INSERT INTO queuedeck.pause_note (id, source, queue, by, reason) VALUES ($1, $2, $3, $4, $5)', [
    id,
    note.source,
    storedText(note.queue),
    note.by,
    note.reason,
  ]);
  return id;
}

/** The broker has paused by this event: older notes of the queue are of pauses that are over; so is this one where a resume came after. */
export async function confirmPauseNote(store: Store, id: string, { at, seq }: EventPlace): Promise<void> {
  await store.query(
    `WITH this AS (
       UPDATE queuedeck.pause_note SET event_at = $2, event_seq = $3
        WHERE id = $1 AND (end_at IS NULL OR (end_at, end_seq) < ($2::float8, $3::float8)) RETURNING id, source, queue
     )
     DELETE FROM queuedeck.pause_note p
      WHERE (p.id = $1 AND NOT EXISTS (SELECT FROM this))
         OR (p.event_at, p.event_seq) < ($2::float8, $3::float8)
            AND EXISTS (SELECT FROM this WHERE p.source = this.source AND p.queue = this.queue AND p.id <> this.id)`,
    [id, at, seq],
  );
}

export async function dropPauseNotes(store: Store, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await store.query('DELETE FROM queuedeck.pause_note WHERE id = ANY($1::uuid[])', [ids]);
}

/** Of all notes of a queue. */
export async function listPauseNoteIds(store: Store, source: string, queue: string): Promise<string[]> {
  const rows = await store.query<{ id: string }>(
    'SELECT id FROM queuedeck.pause_note WHERE source = $1 AND queue = $2 AND event_at IS NOT NULL',
    [source, storedText(queue)],
  );
  return rows.map(({ id }) => id);
}

interface Row {
  source: string;
  queue: string;
  by: string;
  reason: string | null;
  at: Date;
}

export const pauseKey = (source: string, queue: string) => `${source}\u0000${storedText(queue)}`;

/**
 * What is known of pauses, by `pauseKey`: of one queue, or of all of the sources. Where the recorder has not looked for a minute nothing is
 * known.
 */
export async function readPauseNotes(
  store: Store,
  sources: readonly string[],
  queue: string | null = null,
): Promise<Map<string, PauseNote>> {
  const rows = await store.query<Row>(
    `SELECT DISTINCT ON (p.source, p.queue) p.source, p.queue, p.by, p.reason, p.at
       FROM queuedeck.pause_note p LEFT JOIN queuedeck.recorder r ON r.source = p.source
      WHERE p.source = ANY($1) AND ($2::text IS NULL OR p.queue = $2) AND p.event_at IS NOT NULL
        AND greatest(p.at, r.seen_until) > now() - make_interval(secs => ${BLIND_S})
      ORDER BY p.source, p.queue, p.event_at DESC, p.event_seq DESC LIMIT ${MOST}`,
    [sources, queue === null ? null : storedText(queue)],
  );
  return new Map(
    rows.map(({ source, queue: name, by, reason, at }) => [
      `${source}\u0000${name}`,
      { by, at: at.toISOString(), reason },
    ]),
  );
}

/**
 * What a batch of the record says: the queues that were resumed, and those of which something went by unseen (they may have been). An older
 * note is true no longer; one that is not confirmed yet learns of it.
 */
export async function endPauseNotes(
  client: pg.PoolClient,
  source: string,
  { resumed, gaps }: Pick<RecordBatch, 'resumed' | 'gaps'>,
): Promise<void> {
  const ends = [...resumed, ...gaps.map(({ queue, toMs }) => ({ queue, at: toMs, seq: Number.MAX_SAFE_INTEGER }))];
  if (ends.length === 0) return;
  await client.query(
    `WITH e AS (
       SELECT DISTINCT ON (queue) * FROM unnest($2::text[], $3::float8[], $4::float8[]) AS e(queue, at, seq)
        ORDER BY queue, at DESC, seq DESC
     ), told AS (
       UPDATE queuedeck.pause_note p SET end_at = e.at, end_seq = e.seq FROM e
        WHERE p.source = $1 AND p.queue = e.queue AND p.event_at IS NULL
     )
     DELETE FROM queuedeck.pause_note p USING e
      WHERE p.source = $1 AND p.queue = e.queue AND (p.event_at, p.event_seq) < (e.at, e.seq)`,
    [source, ends.map(({ queue }) => storedText(queue)), ends.map(({ at }) => at), ends.map(({ seq }) => seq)],
  );
}
