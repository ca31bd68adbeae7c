import { readDeploys } from '@/lib/deploys/read';
import { findGroup } from '@/lib/failures/find-group';
import { LINE_POINTS } from '@/lib/failures/list';
import { presentGroups, readPlaces } from '@/lib/failures/read-groups';
import { readParts } from '@/lib/failures/read-parts';
import { readPeriod } from '@/lib/metrics/period';
import { decodeDetail } from '@/lib/store/history/detail';
import { stateOf } from '@/lib/store/history/states';
import { readName } from '@/lib/store/stored-name';
import { inTurn } from '@/lib/turns';
import { query } from '@/lib/verbs';

const DAY_MS = 86_400_000;
const SAMPLES = 20;

interface Sample {
  queue: string;
  raw_queue: string | null;
  id: string;
  raw_id: string | null;
  name: string;
  finished_at: Date | null;
  state: number;
  attempts_made: number;
  worker: string | null;
  error: string | null;
  detail: string | null;
}

export const getFailure = query('failure.get', async (ask, { group, from, to }) => {
  const period = readPeriod(from ?? new Date(Date.now() - DAY_MS).toISOString(), to, undefined, LINE_POINTS);
  const [[shown], places, samples, deploys, madeOf] = await inTurn(ask, 'figures', async (reader) => {
    const row = await findGroup(ask, group, reader);
    return Promise.all([
      presentGroups(ask, reader, [row], period),
      readPlaces(reader, [row.id]),
      reader.query<Sample>(
        `SELECT q.queue, q.raw_queue, j.id, j.raw_id, coalesce(j.name, k.name) AS name, j.finished_at, j.state, j.attempts_made, w.name AS worker, j.error, j.detail
         FROM (SELECT * FROM queuedeck.job WHERE group_id = ANY($1::int[]) ORDER BY finished_at DESC NULLS LAST LIMIT ${SAMPLES}) j
         JOIN queuedeck.scope q ON q.id = j.queue_id JOIN queuedeck.scope k ON k.id = j.kind_id
         LEFT JOIN queuedeck.seen_worker w ON w.id = j.worker_id ORDER BY j.finished_at DESC NULLS LAST`,
        [row.members],
      ),
      readDeploys(reader, row.source, period.fromMs, period.toMs),
      readParts(reader, row.id),
    ]);
  });
  const byPlace = new Map<string, { queue: string; name: string; total: number; lastAt: string }>();
  for (const { queue, name, total, last_at } of places) {
    const key = `${queue}\n${name}`;
    const known = byPlace.get(key);
    if (known) known.total += total;
    else byPlace.set(key, { queue, name, total, lastAt: last_at.toISOString() });
  }
  return {
    ...(shown as NonNullable<typeof shown>),
    from: new Date(period.fromMs).toISOString(),
    to: new Date(period.toMs).toISOString(),
    stepMs: period.stepMs,
    places: [...byPlace.values()],
    samples: samples.map((one) => ({
      queue: readName(one.queue, one.raw_queue),
      id: readName(one.id, one.raw_id),
      name: one.name,
      finishedAt: one.finished_at?.toISOString() ?? null,
      state: stateOf(one.state),
      attemptsMade: one.attempts_made,
      worker: one.worker,
      error: one.error ?? decodeDetail(one.detail).attempts?.findLast(({ x }) => x)?.x ?? '',
    })),
    stack: samples.map(({ detail }) => decodeDetail(detail).stack ?? null).find((stack) => stack !== null) ?? null,
    deploys,
    madeOf,
  };
});
