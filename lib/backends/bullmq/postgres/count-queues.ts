import { JOB_STATES, type JobState } from '@/lib/contracts/states';
import type { Query } from './connection';

/** What is shown: above this "10,000+". */
export const COUNT_CAP = 10_000;
/** Counting goes on to here, about 1.5 ms per 10,000 index entries, so that "above the cap" stays proven for a while. */
const COUNT_LIMIT = 20_000;
/** Index entries per statement, which keeps it near 10 ms. */
const STATEMENT_BUDGET = 50_000;
/** A removal shows late in the server's statistics, so no proof is believed for longer. */
const PROOF_MAX_MS = 5000;

export type StateCounts = Record<JobState, number>;

/**
 * How much has happened to the table: event ids given out, and rows deleted. Every change of a state has an event and every
 * removal deletes a row, so between two marks no count falls by more than the difference.
 */
export interface ChangeMark {
  eventId: number;
  deleted: number;
  atMs: number;
}

export interface Counted {
  counts: StateCounts;
  /** When each state was counted last; older than the counts only where it is proven to be above the cap still. */
  marks: Record<JobState, ChangeMark>;
}

const WHERE: Record<JobState, string> = {
  waiting: "state = 'waiting' AND priority = 0",
  active: "state = 'active'",
  delayed: "state = 'delayed'",
  prioritized: "state = 'waiting' AND priority > 0",
  'waiting-children': "state = 'waiting-children'",
  completed: "state = 'completed'",
  failed: "state = 'failed'",
};

/** `$1` queues, `$2` for each a bit mask of the states to leave out (null then). */
const COUNTS_SQL = `
SELECT q.name AS queue, ${JOB_STATES.map(
  (state, bit) => `
  CASE WHEN q.skipped & ${1 << bit} = 0 THEN
    (SELECT count(*)::int FROM (SELECT FROM job j WHERE j.queue = q.name AND ${WHERE[state]} LIMIT ${COUNT_LIMIT}) AS counted)
  END AS "${state}"`,
)}
  FROM unnest($1::text[], $2::int[]) AS q(name, skipped)`;

/** Counts each queue's states, in as many statements as the cost asks for, and brings `counted` up to date. */
export async function countQueues(
  query: Query,
  counted: Map<string, Counted>,
  queues: string[],
  now: ChangeMark,
): Promise<void> {
  for (const chunk of chunkByCost(queues, (queue) => costOf(counted.get(queue), now))) {
    const masks = chunk.map((queue) => skippedStates(counted.get(queue), now));
    const rows = await query<Record<JobState, number | null> & { queue: string }>(COUNTS_SQL, [chunk, masks]);
    for (const { queue, ...found } of rows) counted.set(queue, merge(counted.get(queue), found, now));
  }
}

/** Index entries that counting it would touch. */
export function costOf(last: Counted | undefined, now: ChangeMark): number {
  if (!last) return COUNT_CAP;
  return JOB_STATES.reduce((sum, state) => sum + (isProven(last, state, now) ? 0 : last.counts[state]), 100);
}

function isProven(last: Counted, state: JobState, now: ChangeMark): boolean {
  const mark = last.marks[state];
  const changes = now.eventId - mark.eventId + (now.deleted - mark.deleted);
  return last.counts[state] - changes > COUNT_CAP && now.atMs - mark.atMs < PROOF_MAX_MS;
}

function skippedStates(last: Counted | undefined, now: ChangeMark): number {
  if (!last) return 0;
  return JOB_STATES.reduce((mask, state, bit) => mask | (isProven(last, state, now) ? 1 << bit : 0), 0);
}

function merge(last: Counted | undefined, found: Record<JobState, number | null>, now: ChangeMark): Counted {
  const counts = {} as StateCounts;
  const marks = {} as Counted['marks'];
  for (const state of JOB_STATES) {
    counts[state] = found[state] ?? last?.counts[state] ?? 0;
    marks[state] = found[state] === null && last ? last.marks[state] : now;
  }
  return { counts, marks };
}

function* chunkByCost(queues: string[], cost: (queue: string) => number): Generator<string[]> {
  let chunk: string[] = [];
  let sum = 0;
  for (const queue of queues) {
    if (chunk.length > 0 && sum + cost(queue) > STATEMENT_BUDGET) {
      yield chunk;
      chunk = [];
      sum = 0;
    }
    chunk.push(queue);
    sum += cost(queue);
  }
  if (chunk.length > 0) yield chunk;
}
