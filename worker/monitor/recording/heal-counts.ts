import type { EndedTotals } from '@/lib/backends/recording';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import { FLAGS, STATE_CODES } from '@/lib/store/history/states';
import type { IdRange } from '@/lib/store/recording/marks';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';
import type { Finding, Group } from './findings';
import { leaveOut } from './id-ranges';
import type { Ledger } from './ledger';
import type { BatchStore, QueueNote } from './store-batch';

const MINUTE_MS = 60_000;
/** How long a gap is healed minute by minute; what is longer is known by its number alone. */
const MOST_MINUTES = 2_880;
/** More were not given out in one gap: the counter was set by hand. */
const MOST_IDS = 10_000_000;
const IDS_PER_LOOK = 10_000;

/** What a gap hid. `unseen`: how many more than the records that were found to have ended; null = nobody counts it. */
export interface Healed {
  queueNotes: QueueNote[];
  unseen: number | null;
}

interface Healing {
  finding: Extract<Finding, { kind: 'totals' }>;
  /** Records that turned out to have ended unseen. */
  settled: number;
  batches: BatchStore;
  store: Store;
  scope: { source: string; ledger: Ledger };
  /** What else this batch counts already. */
  noted: readonly QueueNote[];
  /** Ids that were counted before: a gap that began later may be healed first. */
  counted: readonly IdRange[];
  /** What was seen to end since the totals began to be read. */
  endings: Group['endings'];
}

/**
 * Counts what a gap hid, where the broker itself counts: how many jobs ended in each minute (BullMQ's metrics, kept by workers that
 * have them on) less those that the record saw, and how many ids were given out less those that it knows.
 */
export async function healCounts(healing: Healing): Promise<Healed> {
  const { finding, settled } = healing;
  const { task, totals } = finding;
  const { toMs = Date.now(), lastId = 0 } = task.gap ?? {};
  const added = await countUnseenIds(healing, lastId);
  const completed = await missingMinutes(healing, 'completed', totals.completed);
  const failed = await missingMinutes(healing, 'failed', totals.failed);
  const queueNotes: QueueNote[] = [];
  const note = (metric: QueueNote['metric'], at: number, times: number) => {
    if (times > 0) queueNotes.push({ queue: task.queue, at, metric, times });
  };
  note('added', toMs, added ?? 0);
  // Records that were ended as unseen are told already.
  let told = settled;
  let ended = 0;
  for (const [metric, minutes] of [
    ['completed', completed],
    ['failed', failed],
  ] as const)
    for (const [at, times] of minutes ?? []) {
      note(metric, at, times);
      note('started', at, times);
      note('unseen', at, times - Math.min(told, times));
      ended += times - Math.min(told, times);
      told -= Math.min(told, times);
    }
  const isCounted = completed !== null || failed !== null;
  if (!isCounted) note('unseen', toMs, added ?? 0);
  if (isCounted) return { queueNotes, unseen: ended };
  return { queueNotes, unseen: added === null || (await mayBeRetried(healing)) ? null : added };
}

/** Per minute of the gap, how many more ended than were seen to. Null = the broker does not count them. */
async function missingMinutes(
  { finding, batches, scope, endings, noted }: Healing,
  metric: 'completed' | 'failed',
  ended: EndedTotals | null,
): Promise<Map<number, number> | null> {
  const { task, totals } = finding;
  if (ended === null) return null;
  const newest = ended.newestMinute;
  const oldest = Math.max(
    newest - ended.perMinute.length + 1,
    Math.floor((task.gap?.fromMs ?? 0) / MINUTE_MS) - 1,
    newest - MOST_MINUTES,
  );
  const newestAt = totals.at;
  const later = new Map<number, number>();
  for (const { queue, kind, at, seq } of endings) {
    if (queue !== task.queue || kind !== metric || newestAt === null) continue;
    if (at < newestAt.at || (at === newestAt.at && seq <= newestAt.seq)) continue;
    const minute = Math.floor(at / MINUTE_MS);
    later.set(minute, (later.get(minute) ?? 0) + 1);
  }
  const now = new Map<number, number>();
  for (const note of scope.ledger.notes)
    if ('times' in note && note.metric === metric && note.record.queue === task.queue) {
      const minute = Math.floor(note.at / MINUTE_MS);
      now.set(minute, (now.get(minute) ?? 0) + note.times);
    }
  for (const note of noted)
    if (note.metric === metric && note.queue === task.queue) {
      const minute = Math.floor(note.at / MINUTE_MS);
      now.set(minute, (now.get(minute) ?? 0) + note.times);
    }
  const differences: [minute: number, by: number][] = [];
  let total = 0;
  for (let minute = oldest; minute <= newest; minute += 1) {
    const told = ended.perMinute[newest - minute] ?? 0;
    const seen = (await batches.countOf(task.queue, minute * MINUTE_MS, metric)) + (now.get(minute) ?? 0);
    const by = told - (seen - (later.get(minute) ?? 0));
    differences.push([minute, by]);
    total += by;
  }
  // A job that ended at the turn of a minute may count here for one, there for the other: the sum is right.
  const minutes = new Map<number, number>();
  for (const [minute, by] of differences) {
    const times = Math.min(by, total);
    if (times <= 0) continue;
    minutes.set(minute * MINUTE_MS, times);
    total -= times;
  }
  return minutes;
}

/** How many ids were given out since the gap began that no record has and that were not counted. Null = ids are not counted. */
async function countUnseenIds({ finding, store, scope, counted }: Healing, lastId: number): Promise<number | null> {
  const { task, totals } = finding;
  if (totals.ids === null || lastId === 0) return null;
  const { ids } = totals;
  if (ids - lastId > MOST_IDS) return null;
  const key = scopeKey(SCOPE_KINDS.queue, scope.source, task.queue);
  let unseen = 0;
  for (const [after, upTo] of leaveOut([lastId, ids], counted)) {
    unseen += upTo - after;
    for (let from = after; from < upTo; from += IDS_PER_LOOK) {
      const [row] = await store.query<{ known: number }>(
        `SELECT count(*)::int AS known FROM generate_series($2::bigint, $3::bigint) AS g(id)
          WHERE EXISTS (SELECT FROM queuedeck.job j WHERE j.id = g.id::text AND j.queue_id = (SELECT id FROM queuedeck.scope WHERE key = $1))`,
        [key, from + 1, Math.min(from + IDS_PER_LOOK, upTo)],
      );
      unseen -= row?.known ?? 0;
    }
    const isFresh = (id: string) => /^[1-9]\d{0,14}$/.test(id) && Number(id) > after && Number(id) <= upTo;
    for (const { storedAt, queue, id } of scope.ledger.touched)
      if (storedAt === null && queue === task.queue && isFresh(id)) unseen -= 1;
  }
  return Math.max(0, unseen);
}

/** A failed job that is tried again ends again: where there are some, the ids that were given out do not tell how many ends there were. */
async function mayBeRetried({ finding, store, scope }: Healing): Promise<boolean> {
  const { task, totals } = finding;
  if (totals.failedKept !== 0) return true;
  const rows = await store.query(
    `SELECT 1 FROM queuedeck.job
      WHERE kind_id IN (SELECT id FROM queuedeck.scope WHERE source = $1 AND queue = $2 AND kind = ${SCOPE_KINDS.name})
        AND state = ${STATE_CODES.failed} AND flags & ${FLAGS.gone} = 0 LIMIT 1`,
    [scope.source, storedText(task.queue)],
  );
  return rows.length > 0;
}
