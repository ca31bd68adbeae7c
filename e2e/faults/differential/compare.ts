import type { Queue } from 'bullmq';
import type { Store } from '@/lib/store/store';
import type { TruthEvent } from './truth';

const FIGURES = ['added', 'started', 'completed', 'failed', 'stalled', 'retried'] as const;
type Figure = (typeof FIGURES)[number];
type Figures = Record<Figure, number>;

const NONE: Figures = { added: 0, started: 0, completed: 0, failed: 0, stalled: 0, retried: 0 };
const COUNTED: Record<string, Figure> = {
  added: 'added',
  active: 'started',
  completed: 'completed',
  failed: 'failed',
  stalled: 'stalled',
};

/** What the events say, told by nothing but themselves. */
export function countTruth(events: readonly TruthEvent[]): Map<string, Figures> {
  const figures = new Map<string, Figures>();
  const ended = new Map<string, boolean>();
  for (const { queue, kind, job } of events) {
    const of = figures.get(queue) ?? { ...NONE };
    figures.set(queue, of);
    const figure = COUNTED[kind];
    if (figure) of[figure] += 1;
    const key = `${queue} ${job}`;
    const isBack = ['waiting', 'prioritized', 'delayed', 'active'].includes(kind);
    if (isBack && ended.get(key)) of.retried += 1;
    if (isBack || kind === 'added') ended.set(key, false);
    if (kind === 'completed' || kind === 'failed') ended.set(key, true);
  }
  return figures;
}

interface Told {
  unseen: number;
  isOpen: boolean;
}

export interface Verdict {
  queues: number;
  events: number;
  gaps: number;
  unseen: number;
  /** What does not agree, a sentence each. */
  wrong: string[];
}

/**
 * Recorded + told as unseen = truth, for each queue and figure; and every job stands where the broker has it. `unwatched`: queues that
 * came and went before anybody could know of them.
 */
export async function compareRecord(
  store: Store,
  events: readonly TruthEvent[],
  queues: ReadonlyMap<string, Queue>,
  unwatched: ReadonlySet<string>,
): Promise<Verdict> {
  const truth = countTruth(events);
  const recorded = await readFigures(store);
  const gaps = await readGaps(store);
  const wrong: string[] = [];
  for (const [queue, figures] of truth) {
    const has = recorded.get(queue) ?? NONE;
    const gap = gaps.get(queue);
    for (const figure of FIGURES) {
      const missing = figures[figure] - has[figure];
      if (missing < 0) wrong.push(`${queue}: ${has[figure]} ${figure} recorded, ${figures[figure]} happened`);
      const isTold =
        gap &&
        (gap.isOpen || gap.unseen >= missing || figure === 'started' || figure === 'stalled' || figure === 'retried');
      if (missing > 0 && !isTold && !unwatched.has(queue))
        wrong.push(
          `${queue}: ${missing} of ${figures[figure]} ${figure} are neither recorded nor told as unseen (${gap?.unseen ?? 'no gap'})`,
        );
    }
  }
  for (const queue of recorded.keys()) if (!truth.has(queue)) wrong.push(`${queue}: recorded, and never was`);
  wrong.push(...(await compareStates(store, queues)));
  return {
    queues: truth.size,
    events: events.length,
    gaps: [...gaps.values()].length,
    unseen: [...gaps.values()].reduce((sum, { unseen }) => sum + unseen, 0),
    wrong,
  };
}

async function readFigures(store: Store): Promise<Map<string, Figures>> {
  const rows = await store.query<{ queue: string } & Figures>(
    `SELECT s.queue, ${FIGURES.map((name) => `sum(f.${name})::int AS ${name}`).join(', ')}
       FROM queuedeck.figure f JOIN queuedeck.scope s ON s.id = f.scope_id WHERE s.kind = 1 AND f.level = 0 GROUP BY s.queue`,
  );
  return new Map(rows.map(({ queue, ...figures }) => [queue, figures]));
}

async function readGaps(store: Store): Promise<Map<string, Told>> {
  const rows = await store.query<{ queue: string; unseen: number; is_open: boolean }>(
    `SELECT queue, coalesce(sum(unseen), 0)::int AS unseen, bool_or(unseen IS NULL) AS is_open FROM queuedeck.recording_gap GROUP BY queue`,
  );
  return new Map(rows.map(({ queue, unseen, is_open }) => [queue, { unseen, isOpen: is_open }]));
}

const STATES: [name: string, code: number][] = [
  ['wait', 0],
  ['paused', 0],
  ['active', 1],
  ['delayed', 2],
  ['prioritized', 3],
  ['completed', 5],
  ['failed', 6],
];

async function compareStates(store: Store, queues: ReadonlyMap<string, Queue>): Promise<string[]> {
  const wrong: string[] = [];
  const rows = await store.query<{ queue: string; id: string; state: number }>(
    `SELECT DISTINCT ON (s.queue, j.id) s.queue, j.id, j.state FROM queuedeck.job j JOIN queuedeck.scope s ON s.id = j.queue_id
      ORDER BY s.queue, j.id, j.added_at DESC`,
  );
  const open = await store.query<{ queue: string; n: number }>(
    `SELECT s.queue, count(*)::int AS n FROM queuedeck.job j JOIN queuedeck.scope s ON s.id = j.queue_id WHERE j.state < 5 GROUP BY s.queue`,
  );
  const stateOf = new Map(rows.map(({ queue, id, state }) => [`${queue} ${id}`, state]));
  const openOf = new Map(open.map(({ queue, n }) => [queue, n]));
  for (const [name, queue] of queues) {
    let inBroker = 0;
    for (const [state, code] of STATES) {
      const ids = (await queue.getJobs([state as 'wait'], 0, -1)).flatMap((job) => job?.id ?? []);
      if (code < 5) inBroker += ids.length;
      const off = ids.filter((id) => stateOf.get(`${name} ${id}`) !== code);
      if (off.length > 0)
        wrong.push(
          `${name}: ${off.length} of ${ids.length} ${state} jobs stand elsewhere in the record, e.g. ${off[0]} as ${stateOf.get(`${name} ${off[0]}`)}`,
        );
    }
    const recorded = openOf.get(name) ?? 0;
    if (recorded !== inBroker) wrong.push(`${name}: ${recorded} open in the record, ${inBroker} in the broker`);
    openOf.delete(name);
  }
  for (const [name, n] of openOf) wrong.push(`${name}: ${n} open in the record, and there is no such queue`);
  return wrong;
}
