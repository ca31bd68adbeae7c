import { randomUUID } from 'node:crypto';
import type { SchedulerDefinition } from '@/lib/backends/schedulers';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

export interface SchedulerKey {
  source: string;
  queue: string;
  id: string;
}

export interface PausedScheduler extends SchedulerKey {
  definition: SchedulerDefinition;
  /** When it would have run next. */
  nextMs: number;
  by: string;
  at: Date;
  version: string;
}

interface Row {
  source: string;
  queue: string;
  scheduler: string;
  definition: string;
  paused_by: string;
  paused_at: Date;
  version: string;
}

const COLUMNS = 'source, queue, scheduler, definition, paused_by, paused_at, version';
/** Longer than two calls of a broker can take. */
const LEASE_OVER = "changed_at < now() - interval '10 seconds'";
const THIS = 'source = $1 AND queue = $2 AND scheduler = $3';
const keyOf = ({ source, queue, id }: SchedulerKey) => [source, storedText(queue), storedText(id)];

/** What the column `definition` holds. `key`: the names, where the columns that are keys cannot hold them as they are. */
interface Kept extends Pick<PausedScheduler, 'definition' | 'nextMs'> {
  key?: { queue: string; id: string };
}

function keep(
  { queue, id }: SchedulerKey,
  { definition, nextMs }: Pick<PausedScheduler, 'definition' | 'nextMs'>,
): string {
  const isWhole = storedText(queue) === queue && storedText(id) === id;
  const kept: Kept = { definition, nextMs, ...(isWhole ? {} : { key: { queue, id } }) };
  return JSON.stringify(kept);
}

function toPaused(row: Row): PausedScheduler {
  const { definition, nextMs, key } = JSON.parse(row.definition) as Kept;
  const { source, paused_by: by, paused_at: at, version } = row;
  const { queue, id } = key ?? { queue: row.queue, id: row.scheduler };
  return { source, queue, id, definition, nextMs, by, at, version };
}

export async function readPaused(store: Store, key: SchedulerKey): Promise<PausedScheduler | null> {
  const rows = await store.query<Row>(`SELECT ${COLUMNS} FROM queuedeck.paused_scheduler WHERE ${THIS}`, keyOf(key));
  return rows[0] ? toPaused(rows[0]) : null;
}

/** By source, queue and id, from after `after` on. */
export async function listPaused(
  store: Store,
  sources: string[],
  queue: string | null,
  after: SchedulerKey | null,
  limit: number,
): Promise<PausedScheduler[]> {
  const C = 'COLLATE "C"';
  const rows = await store.query<Row>(
    `SELECT ${COLUMNS} FROM queuedeck.paused_scheduler
      WHERE source = ANY($1) AND ($2::text IS NULL OR queue = $2)
        AND (source ${C}, queue ${C}, scheduler ${C}) > ($3, $4, $5)
      ORDER BY source ${C}, queue ${C}, scheduler ${C} LIMIT $6`,
    [sources, queue && storedText(queue), ...(after ? keyOf(after) : ['', '', '']), limit],
  );
  return rows.map(toPaused);
}

/**
 * Writes the definition down before it leaves the broker. `seen` = the version of the row as it was before the broker was asked, or of
 * this request's own attempt before (`mine`). Answers the new version, and whether there was no row; null when the row is another's now.
 */
export async function keepDefinition(
  store: Store,
  key: SchedulerKey,
  { definition, nextMs, by }: Pick<PausedScheduler, 'definition' | 'nextMs' | 'by'>,
  seen: { version: string; mine: boolean } | null,
): Promise<{ version: string; inserted: boolean } | null> {
  const rows = await store.query<{ version: string; inserted: boolean }>(
    `INSERT INTO queuedeck.paused_scheduler AS p (source, queue, scheduler, definition, paused_by, phase, version)
     VALUES ($1, $2, $3, $4, $5, 'pausing', $6)
     ON CONFLICT (source, queue, scheduler) DO UPDATE
        SET definition = excluded.definition, paused_by = excluded.paused_by, paused_at = now(), phase = 'pausing',
            version = excluded.version, changed_at = now()
      WHERE p.version = $7::uuid AND ($8 OR p.phase = 'paused' OR p.${LEASE_OVER})
     RETURNING version, xmax = 0 AS inserted`,
    [...keyOf(key), keep(key, { definition, nextMs }), by, randomUUID(), seen?.version ?? null, seen?.mine ?? false],
  );
  return rows[0] ?? null;
}

/**
 * It has left the broker. Should the row have been taken away meanwhile, it is written once more: nothing else holds it. The version is
 * a new one: who has seen the old one may have seen the scheduler in the broker too, and must not take the row for it.
 */
export async function markPaused(store: Store, paused: Omit<PausedScheduler, 'at'>): Promise<void> {
  const { by, version } = paused;
  await store.query(
    `INSERT INTO queuedeck.paused_scheduler AS p (source, queue, scheduler, definition, paused_by, phase, version)
     VALUES ($1, $2, $3, $4, $5, 'paused', $6)
     ON CONFLICT (source, queue, scheduler) DO UPDATE SET phase = 'paused', version = excluded.version, changed_at = now()
      WHERE p.version = $7`,
    [...keyOf(paused), keep(paused, paused), by, randomUUID(), version],
  );
}

/** Takes the row for putting it back; null while another request has it, or when there is none. */
export async function takePaused(store: Store, key: SchedulerKey): Promise<PausedScheduler | null> {
  const rows = await store.query<Row>(
    `UPDATE queuedeck.paused_scheduler SET phase = 'resuming', version = $4, changed_at = now()
      WHERE ${THIS} AND (phase = 'paused' OR ${LEASE_OVER}) RETURNING ${COLUMNS}`,
    [...keyOf(key), randomUUID()],
  );
  return rows[0] ? toPaused(rows[0]) : null;
}

/** It could not be put back: it is paused as before. */
export async function releasePaused(store: Store, { version, ...key }: PausedScheduler): Promise<void> {
  await store.query(
    `UPDATE queuedeck.paused_scheduler SET phase = 'paused', changed_at = now() WHERE ${THIS} AND version = $4`,
    [...keyOf(key), version],
  );
}

/** Edits what will be put back; false when it is no longer as it was read. */
export async function editPaused(
  store: Store,
  { version, nextMs, ...key }: PausedScheduler,
  definition: SchedulerDefinition,
): Promise<boolean> {
  const rows = await store.query(
    `UPDATE queuedeck.paused_scheduler SET definition = $5, version = $6, changed_at = now()
      WHERE ${THIS} AND version = $4 AND (phase = 'paused' OR ${LEASE_OVER}) RETURNING 1`,
    [...keyOf(key), version, keep(key, { definition, nextMs }), randomUUID()],
  );
  return rows.length > 0;
}

/** With a version only if it is still that one. Whether there was one. */
export async function forgetPaused(store: Store, key: SchedulerKey, version: string | null): Promise<boolean> {
  const rows = await store.query(
    `DELETE FROM queuedeck.paused_scheduler WHERE ${THIS} AND ($4::uuid IS NULL OR version = $4) RETURNING 1`,
    [...keyOf(key), version],
  );
  return rows.length > 0;
}
