import type { SourceEntry } from '@/lib/context';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { BIN, dropLoad, SET_LOAD_SQL } from './loads';
import { markOf } from './remove-kept';

/** Longer than a request may take. */
const LATE_S = 30;
const AT_ONCE = 100;

interface Row {
  id: string;
  source: string;
  queue: string;
  ids: string[];
}

/**
 * Brings loads to their end whose request died between the removal and its note: those that the broker has marked as out are held, the
 * others go. How many were settled.
 */
export async function settleLoads(
  store: Store,
  sources: ReadonlyMap<string, SourceEntry>,
  lateSeconds = LATE_S,
): Promise<number> {
  const rows = await store.query<Row>(
    `SELECT id, source, queue, ids FROM queuedeck.bin
      WHERE operation IS NULL AND 0::smallint = ANY(state) AND at < now() - make_interval(secs => $1) AND source = ANY($2)
      ORDER BY id LIMIT ${AT_ONCE}`,
    [lateSeconds, [...sources.keys()]],
  );
  let settled = 0;
  for (const row of rows) {
    try {
      if (await settleLoad(store, sources, row)) settled += 1;
    } catch (error) {
      log.debug({ err: (error as Error).message, load: row.id }, 'a load of the recycle bin is settled later');
    }
  }
  return settled;
}

async function settleLoad(
  store: Store,
  sources: ReadonlyMap<string, SourceEntry>,
  { id, source, queue, ids }: Row,
): Promise<boolean> {
  const bulk = sources.get(source)?.backend.bulk;
  if (!bulk) return false;
  const items = ids.map((job) => ({ id: job }));
  const marks = await bulk.changeJobs(markOf(id), queue, { kind: 'look' }, items);
  const out = ids.filter((_, at) => marks[at] === 'done');
  // A step that is still on its way would take a job whose load is gone: from now on it changes nothing.
  if (out.length === 0) await bulk.forgetMarks(markOf(id), queue);
  if (out.length > 0) await store.query(SET_LOAD_SQL, [id, out, BIN.held]);
  else await dropLoad(store, id);
  if (out.length > 0) await bulk.clearMarks(markOf(id), queue);
  return true;
}
