import type { EndedTotals } from '@/lib/backends/recording';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Store } from '@/lib/store/store';
import type { Finding, Group } from './findings';
import type { Ledger } from './ledger';
import type { BatchStore, QueueNote } from './store-batch';

const MINUTE_MS = 60_000;
/** How long a gap is healed minute by minute; what is longer is known by its number alone. */
const MOST_MINUTES = 2_880;
/** More were not given out in one gap: the counter was set by hand. */
const MOST_IDS = 100_000_000;

/** What a gap hid. `unseen`: null = nobody counts it. */
export interface Healed {
  queueNotes: QueueNote[];
  unseen: number | null;
  /** All that could have been missed is counted, and nothing was. */
  isNothing: boolean;
}

interface Healing {
  finding: Extract<Finding, { kind: 'totals' }>;
  /** Records that turned out to have ended unseen. */
  settled: number;
  batches: BatchStore;
  store: Store;
  scope: { source: string; ledger: Ledger };
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
  for (const [metric, minutes] of [
    ['completed', completed],
    ['failed', failed],
  ] as const)
    for (const [at, times] of minutes ?? []) {
      note(metric, at, times);
      note('started', at, times);
      note('unseen', at, times);
    }
  const sum = (minutes: ReadonlyMap<number, number> | null) =>
    [...(minutes?.values() ?? [])].reduce((a, b) => a + b, 0);
  const isCounted = completed !== null || failed !== null;
  const unseen = isCounted ? sum(completed) + sum(failed) : added === null ? settled || null : settled + added;
  if (!isCounted && unseen) note('unseen', toMs, unseen);
  const isWhole = completed !== null && failed !== null && added !== null;
  return { queueNotes, unseen, isNothing: isWhole && unseen === 0 && added === 0 && settled === 0 };
}

/** Per minute of the gap, how many more ended than were seen to. Null = the broker does not count them. */
async function missingMinutes(
  { finding, batches, scope, endings }: Healing,
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

/** How many ids were given out since the gap began that no record has. Null = ids are not counted. */
async function countUnseenIds({ finding, store, scope }: Healing, lastId: number): Promise<number | null> {
  const { task, totals } = finding;
  if (totals.ids === null || lastId === 0) return null;
  const [row] = await store.query<{ known: number }>(
    `SELECT count(DISTINCT j.id)::int AS known FROM queuedeck.job j JOIN queuedeck.scope s ON s.id = j.queue_id
      WHERE s.key = $1 AND CASE WHEN j.id ~ '^[1-9][0-9]{0,14}$' THEN j.id::bigint > $2 AND j.id::bigint <= $3
                                ELSE j.added_at >= to_timestamp($4::float8 / 1000) END`,
    [
      scopeKey(SCOPE_KINDS.queue, scope.source, task.queue),
      lastId,
      totals.ids,
      task.gap?.fromMs ?? task.gap?.toMs ?? 0,
    ],
  );
  const fresh = [...scope.ledger.touched].filter(({ storedAt, queue, id }) => {
    const number = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null;
    return (
      storedAt === null && queue === task.queue && (number === null || (number > lastId && number <= (totals.ids ?? 0)))
    );
  });
  const missed = Math.max(0, totals.ids - lastId - (row?.known ?? 0) - fresh.length);
  return missed > MOST_IDS ? null : missed;
}
