import { partitionName } from '@/lib/store/history/partitions';
import type { Store } from '@/lib/store/store';

const DAY_MS = 86_400_000;
const BATCH = 5_000;

export interface Keep {
  /** Jobs by the day on which they were added; failed ones longer. */
  days: number;
  failedDays: number;
  bytes: number;
}

interface Partition {
  name: string;
  day: number;
  bytes: number;
  failedOnly: boolean;
}

/** What is said of a partition that was cut to its failed jobs. */
const CUT = 'failed jobs only';

/**
 * Drops what is kept long enough: partitions of whole days; those of days whose failed jobs are kept longer are cut to these. When
 * the rest is too big, the oldest days go first: what did not fail, then what did.
 */
export async function retainJobs(
  store: Store,
  keep: Keep,
  now = Date.now(),
): Promise<{ dropped: string[]; cut: string[] }> {
  const dropped: string[] = [];
  const cut: string[] = [];
  let partitions = await listPartitions(store);
  const today = Math.floor(now / DAY_MS);
  const drop = async ({ name, day }: Partition) => {
    await store.query(`DROP TABLE queuedeck.${name}`);
    const bounds = [day, day + 1].map((one) => new Date(one * DAY_MS));
    await store.query('DELETE FROM queuedeck.flow_failure WHERE added_at >= $1 AND added_at < $2', bounds);
    dropped.push(name);
  };
  const reduce = async (partition: Partition) => {
    await cutToFailed(store, partition);
    cut.push(partition.name);
  };
  for (const partition of partitions) {
    const age = today - partition.day;
    if (age > Math.max(keep.days, keep.failedDays)) await drop(partition);
    else if (age > keep.days && !partition.failedOnly) await reduce(partition);
  }
  for (const step of [reduce, drop]) {
    partitions = await listPartitions(store);
    let bytes = partitions.reduce((sum, one) => sum + one.bytes, 0);
    for (const partition of partitions) {
      // Today's is written to.
      if (bytes <= keep.bytes || partition.day >= today) break;
      if (step === reduce && partition.failedOnly) continue;
      await step(partition);
      bytes -= partition.bytes;
    }
  }
  return { dropped, cut };
}

/** Oldest first. */
async function listPartitions(store: Store): Promise<Partition[]> {
  const rows = await store.query<{ name: string; bytes: string; comment: string | null }>(
    `SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes, obj_description(c.oid) AS comment
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'queuedeck.job'::regclass`,
  );
  return rows
    .flatMap(({ name, bytes, comment }) => {
      const match = /^job_(\d{4})(\d\d)(\d\d)$/.exec(name);
      if (!match) return [];
      const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY_MS;
      return [{ name, day, bytes: Number(bytes), failedOnly: comment === CUT }];
    })
    .sort((a, b) => a.day - b.day);
}

/** The failed jobs of a day in a new partition in the place of the old one. */
async function cutToFailed(store: Store, { name, day }: Partition): Promise<void> {
  if (partitionName(day) !== name) return;
  const bounds = `FROM ('${new Date(day * DAY_MS).toISOString()}') TO ('${new Date((day + 1) * DAY_MS).toISOString()}')`;
  await store.transaction(async (client) => {
    await client.query(`CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM queuedeck.${name} WHERE state = 6`);
    await client.query(`DROP TABLE queuedeck.${name}`);
    await client.query(`CREATE TABLE queuedeck.${name} PARTITION OF queuedeck.job FOR VALUES ${bounds}`);
    await client.query(`INSERT INTO queuedeck.${name} SELECT * FROM kept`);
    await client.query(`COMMENT ON TABLE queuedeck.${name} IS '${CUT}'`);
  });
}

/** Rules of `prune`: figures by their level, gaps, what was set aside and deploys by their age. */
export const HISTORY_RULES: Record<string, (store: Store) => Promise<number>> = Object.fromEntries([
  ...['figure', 'gauge'].flatMap((table) =>
    ['2 days', '30 days', '730 days'].map((age, level) => [
      `${table} ${level}`,
      rule(table, `level = ${level} AND at < now() - interval '${age}'`),
    ]),
  ),
  ['recording_gap', rule('recording_gap', "to_at < now() - interval '730 days'")],
  ['set_aside', rule('set_aside', "at < now() - interval '30 days'")],
  ['deploy', rule('deploy', "at > 'epoch' AND at < now() - interval '730 days'")],
]);

function rule(table: string, where: string) {
  return async (store: Store) =>
    (
      await store.query(
        `DELETE FROM queuedeck.${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM queuedeck.${table} WHERE ${where} LIMIT ${BATCH})) RETURNING 1`,
      )
    ).length;
}
