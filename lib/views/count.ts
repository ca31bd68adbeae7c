import type { SavedView } from '@/lib/contracts/views';
import { readQuery } from '@/lib/jobs/search/read-query';
import { countFitting } from '@/lib/store/search/run-search';
import type { Store } from '@/lib/store/store';
import type { Ask } from '@/lib/verbs';
import type { ViewRow } from './rows';

const FRESH_MS = 60_000;
const MOST_KEPT = 2_000;
const AT_ONCE = 2;
/** How long a list of views waits for counts that were never made. */
const WAIT_MS = 600;

type Count = SavedView['count'];
interface Kept {
  at: number;
  count: Count;
  counting: Promise<void> | null;
}

const kept = new WeakMap<Store, Map<string, Kept>>();

/** How many jobs fit each view, as of the last minute; null = not counted yet. Counted once for all who look, who are one caller in this. */
export async function countViews(ask: Ask, rows: readonly ViewRow[]): Promise<Count[]> {
  const counts = kept.get(ask.store) ?? new Map<string, Kept>();
  kept.set(ask.store, counts);
  if (counts.size > MOST_KEPT) counts.clear();
  const keyOf = ({ source, queue, q }: ViewRow) => JSON.stringify([source, queue, q]);
  const stale = rows.filter((row) => {
    const known = counts.get(keyOf(row));
    return !known || (known.counting === null && Date.now() - known.at > FRESH_MS);
  });
  const work = stale.map((row) => {
    const entry: Kept = counts.get(keyOf(row)) ?? { at: 0, count: null, counting: null };
    counts.set(keyOf(row), entry);
    return async () => {
      entry.count = await countOne(ask, row).catch(() => entry.count);
      entry.at = Date.now();
      entry.counting = null;
    };
  });
  const lanes = Array.from({ length: AT_ONCE }, async (_, lane) => {
    for (let i = lane; i < work.length; i += AT_ONCE) await work[i]?.();
  });
  const all = Promise.all(lanes).then(() => undefined);
  for (const row of stale) {
    const entry = counts.get(keyOf(row));
    if (entry) entry.counting = all;
  }
  await Promise.race([all, new Promise((done) => setTimeout(done, WAIT_MS).unref())]);
  return rows.map((row) => counts.get(keyOf(row))?.count ?? null);
}

/** A view of a queue counts in that queue. Its times are meant in UTC, since nobody's zone is known here. */
function countOne(ask: Ask, { source, queue, q }: ViewRow): Promise<Count> {
  const node = readQuery(q, queue ?? undefined);
  const sources = source === null ? [...ask.sources.keys()] : [source];
  const clock = { nowMs: Date.now(), offsetMinutes: 0 };
  // Whoever asked first may leave: the others, and the next minute, still have the count.
  const all = { caller: 'views', signal: new AbortController().signal };
  return ask.store.turn('search', all, (reader) => countFitting(reader, node, sources, clock));
}
