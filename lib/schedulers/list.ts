import * as z from 'zod';
import type { BrokerScheduler, SchedulerPlace } from '@/lib/backends/schedulers';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { SchedulerRow } from '@/lib/contracts/schedulers';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { listPaused, type SchedulerKey } from '@/lib/schedulers/paused';
import { toBrokerScheduler, toRow } from '@/lib/schedulers/to-row';
import { chooseSources } from '@/lib/sources/find';
import { isStoreAway } from '@/lib/store/as-store-error';
import { type Ask, query } from '@/lib/verbs';

/** Of the last row shown. `n` = its next run in epoch ms; without it the page is among the paused. */
interface Place {
  n: number | null;
  s: string;
  q: string;
  i: string;
}

interface Found {
  entry: SourceEntry;
  row: BrokerScheduler;
}

/** By next run, source, queue and id; then the paused ones, by source, queue and id. */
export const listSchedulers = query('scheduler.list', async (ask, { source, queue, cursor, limit }) => {
  const entries = chooseSources(ask.sources, source).filter(({ backend }) => backend.schedulers);
  const place = readPlace(cursor);
  const running =
    place !== null && place.n === null
      ? { found: [], missing: [] }
      : await listRunning(entries, queue ?? null, place, limit + 1);
  if (running.missing.length === entries.length && running.missing[0]) throw running.missing[0].error;
  const missing = running.missing.map(({ name, error }) => ({ source: name, reason: error.detail }));
  const shown = running.found.slice(0, limit);
  const items = await Promise.all(shown.map(({ entry, row }) => toRow(ask, entry, row, null)));
  const last = shown.at(-1);
  if (running.found.length > limit && last)
    return { items, nextCursor: encode(last.row.nextMs, last.entry, last.row), missing, pausedKnown: true };
  const away = new Set(missing.map((one) => one.source));
  const there = entries.filter(({ config }) => !away.has(config.name));
  const after =
    place !== null && place.n === null && place.s !== '' ? { source: place.s, queue: place.q, id: place.i } : null;
  try {
    const paused = await readPausedPage(ask, there, queue ?? null, after, limit - items.length);
    return { items: [...items, ...paused.items], nextCursor: paused.nextCursor, missing, pausedKnown: true };
  } catch (error) {
    if (!isStoreAway(error)) throw error;
    return { items, nextCursor: null, missing, pausedKnown: false };
  }
});

async function listRunning(entries: SourceEntry[], queue: string | null, place: Place | null, limit: number) {
  const reads = await Promise.allSettled(
    entries.map(({ config, backend }) => backend.schedulers?.list(queue, placeIn(config.name, place), limit) ?? []),
  );
  const found: Found[] = [];
  const missing: { name: string; error: CodedError }[] = [];
  for (const [i, read] of reads.entries()) {
    const entry = entries[i];
    if (!entry) continue;
    if (read.status === 'fulfilled') found.push(...read.value.map((row) => ({ entry, row })));
    else if (read.reason instanceof CodedError) missing.push({ name: entry.config.name, error: read.reason });
    else throw read.reason;
  }
  // Stable: within one source and moment the broker's own order stays.
  found.sort((a, b) => a.row.nextMs - b.row.nextMs || compare(a.entry.config.name, b.entry.config.name));
  return { found: found.slice(0, limit), missing };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function placeIn(source: string, place: Place | null): SchedulerPlace | null {
  if (place === null || place.n === null) return null;
  if (source === place.s) return { atMs: place.n, after: { queue: place.q, id: place.i } };
  return { atMs: place.n, after: source < place.s ? 'all' : 'none' };
}

/** One that the broker has meanwhile is in the other part of the list. */
async function readPausedPage(
  ask: Ask,
  entries: SourceEntry[],
  queue: string | null,
  after: SchedulerKey | null,
  limit: number,
): Promise<{ items: SchedulerRow[]; nextCursor: string | null }> {
  const byName = new Map(entries.map((entry) => [entry.config.name, entry]));
  const rows = await listPaused(ask.store, [...byName.keys()], queue, after, limit + 1);
  const page = rows.slice(0, limit);
  const items: SchedulerRow[] = [];
  for (const [name, entry] of byName) {
    const mine = page.filter((one) => one.source === name);
    const { schedulers } = entry.backend;
    if (mine.length === 0 || !schedulers) continue;
    const live = await schedulers.have(mine);
    const gone = mine.filter((_, i) => !live[i]);
    const known = await schedulers.lastRuns(gone.map(toBrokerScheduler));
    items.push(...(await Promise.all(known.map((row, i) => toRow(ask, entry, row, gone[i] ?? null)))));
  }
  items.sort((a, b) => compare(a.source, b.source) || compare(a.queue, b.queue) || compare(a.id, b.id));
  const last = page.at(-1);
  if (rows.length <= limit) return { items, nextCursor: null };
  return {
    items,
    nextCursor: encodeCursor(last ? { s: last.source, q: last.queue, i: last.id } : { s: '', q: '', i: '' }),
  };
}

const encode = (nextMs: number, { config }: SourceEntry, { queue, id }: BrokerScheduler) =>
  encodeCursor({ n: nextMs, s: config.name, q: queue, i: id });

const Position = z.strictObject({ n: At.score.optional(), s: At.text, q: At.text, i: At.text });

function readPlace(cursor: string | undefined): Place | null {
  const position = readCursor(cursor, Position);
  return position && { ...position, n: position.n ?? null };
}
