import type { Differences } from '@/lib/contracts/failures';
import { ENOUGH_JOBS } from '@/lib/contracts/states';
import { findGroup } from '@/lib/failures/find-group';
import { inTurn } from '@/lib/turns';
import { query } from '@/lib/verbs';

const JOBS = 500;
const MOST_LEAVES = 64;
const MOST_ITEMS = 20;
/** A value must be so much more frequent among those that failed. */
const MIN_SHARE = 0.2;
const MIN_LIFT = 1.5;

interface Row {
  data: string | null;
  worker: string | null;
  version: string | null;
}

type Kind = Differences['items'][number]['kind'];

/** The newest jobs of a group beside the newest of the same names that completed: what the first have more often. */
export const findDifferences = query('failure.differs', async (ask, { group }): Promise<Differences> => {
  const columns = 'j.data, w.name AS worker, w.version';
  const join = 'LEFT JOIN queuedeck.seen_worker w ON w.id = j.worker_id';
  const [failed, succeeded] = await inTurn(ask, 'figures', async (reader) => {
    const { members } = await findGroup(ask, group, reader);
    return Promise.all([
      reader.query<Row>(
        `SELECT ${columns} FROM (SELECT * FROM queuedeck.job WHERE group_id = ANY($1::int[]) ORDER BY finished_at DESC NULLS LAST LIMIT ${JOBS}) j ${join}`,
        [members],
      ),
      reader.query<Row>(
        `SELECT ${columns} FROM unnest(ARRAY(SELECT DISTINCT kind_id FROM queuedeck.failure_kind WHERE group_id = ANY($1::int[]) LIMIT 20)) AS k(id)
        CROSS JOIN LATERAL (SELECT * FROM queuedeck.job WHERE kind_id = k.id AND state = 5 ORDER BY added_at DESC LIMIT ${JOBS}) j ${join} LIMIT ${JOBS}`,
        [members],
      ),
    ]);
  });
  const with_ = tally(failed);
  const without = tally(succeeded);
  const items = [...with_.values()].flatMap(({ kind, path, value, count }) => {
    const other = without.get(`${kind}\n${path}\n${value}`)?.count ?? 0;
    const share = count / failed.length;
    const usual = succeeded.length === 0 ? 0 : other / succeeded.length;
    if (share < MIN_SHARE || share < usual * MIN_LIFT || share - usual < MIN_SHARE) return [];
    return [
      {
        kind,
        path,
        value,
        failed: { with: count, of: failed.length },
        succeeded: { with: other, of: succeeded.length },
        lift: share - usual,
      },
    ];
  });
  items.sort((a, b) => b.lift - a.lift || b.failed.with - a.failed.with);
  const isEnough = failed.length >= ENOUGH_JOBS && succeeded.length >= ENOUGH_JOBS;
  return {
    items: !isEnough ? [] : items.slice(0, MOST_ITEMS).map(({ lift: _, ...item }) => item),
    needed: ENOUGH_JOBS,
    failedJobs: failed.length,
    succeededJobs: succeeded.length,
  };
});

interface Tallied {
  kind: Kind;
  path: string;
  value: string;
  count: number;
}

function tally(rows: readonly Row[]): Map<string, Tallied> {
  const found = new Map<string, Tallied>();
  const add = (kind: Kind, path: string, value: string) => {
    const key = `${kind}\n${path}\n${value}`;
    const known = found.get(key);
    if (known) known.count += 1;
    else found.set(key, { kind, path, value, count: 1 });
  };
  for (const { data, worker, version } of rows) {
    if (worker !== null) add('worker', '', worker);
    if (version) add('version', '', version);
    for (const [path, value] of leavesOf(data)) add('data', path, value);
  }
  return found;
}

/** Each leaf once; what is too long to be read on a screen is left out. */
function leavesOf(text: string | null): Map<string, string> {
  const leaves = new Map<string, string>();
  if (text === null) return leaves;
  const visit = (value: unknown, path: string, depth: number) => {
    if (leaves.size >= MOST_LEAVES || depth > 6) return;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, each] of Object.entries(value)) visit(each, path === '' ? key : `${path}.${key}`, depth + 1);
    } else if (!Array.isArray(value)) {
      const said = String(value);
      if (said.length <= 120 && path.length <= 120) leaves.set(path, said);
    }
  };
  try {
    visit(JSON.parse(text), '', 0);
  } catch {
    // Cut payloads are no JSON.
  }
  return leaves;
}
