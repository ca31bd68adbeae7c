import type { QueueAttention } from '@/lib/contracts/queues';
import { ATTENTION_LANES, ENOUGH_JOBS, QUEUE_HEALTHS, type QueueHealth } from '@/lib/contracts/states';
import { toIso } from '@/lib/iso-time';
import { type Ended, type HealthFacts, readyOf, stillMs } from './facts';
import { nobodyTakes } from './nobody-takes';
import { failingSentence, pausedSentence, stuckSentence } from './sentences';

/** A job that is ready for so long, and of which nobody takes any, is one too many. */
export const LONG_WAIT_MS = 60_000;
/** While jobs run, their slots may be held by long ones: it takes longer until that counts as stuck. */
const HELD_MS = 300_000;
const HIGH_SHARE = 0.5;
const NOTABLE_SHARE = 0.05;
const TIMES_USUAL = 3;

export type Trouble = Omit<QueueAttention, 'lane'>;

export interface Health {
  health: QueueHealth;
  attention: QueueAttention[];
}

/**
 * How a queue fares. Pure; the badge is the first of these that holds, and `attention` tells each of the first three that does:
 *
 *   paused   the broker hands out nothing, whether anything waits or not
 *   failing  of at least 20 jobs that ended lately half failed, or 5 % and three times the usual
 *   stuck    jobs are ready and nobody takes any: no worker, all of them quiet, or none was taken for a minute (five while
 *            some run) although one has been ready for as long
 *   unclear  what it holds cannot be read whole, or nobody could see yet whether jobs are taken
 *   moving   jobs run, or are taken
 *   idle     jobs are there for later only: delayed, or waiting for children
 *   empty    nothing waits and nothing runs
 */
export function decideHealth(facts: HealthFacts): Health {
  const found = {
    failing: facts.lately.ended && isFailing(facts.lately.ended, facts.lately.usual) ? failing(facts) : null,
    stuck: facts.queue.paused ? null : stuck(facts),
    paused: facts.queue.paused ? paused(facts) : null,
  };
  const attention = ATTENTION_LANES.flatMap((lane) => (found[lane] ? [{ lane, ...found[lane] }] : []));
  const pressing = QUEUE_HEALTHS.find((one) => attention.some(({ lane }) => lane === one));
  return { health: pressing ?? restOf(facts), attention };
}

export function isFailing({ jobs, failed }: Ended, usual: Ended | null): boolean {
  if (jobs < ENOUGH_JOBS) return false;
  const share = failed / jobs;
  if (share >= HIGH_SHARE) return true;
  if (usual === null || usual.jobs < ENOUGH_JOBS || share < NOTABLE_SHARE) return false;
  return share >= (TIMES_USUAL * usual.failed) / usual.jobs;
}

/** So many of what ended failed that the usual is worth a look. */
export const isNotable = ({ jobs, failed }: Ended): boolean => jobs >= ENOUGH_JOBS && failed / jobs >= NOTABLE_SHARE;

function failing({ lately }: HealthFacts): Trouble | null {
  if (!lately.ended) return null;
  return {
    sentence: failingSentence(lately.ended, lately.usual),
    since: toIso(lately.failingSince),
    weight: lately.ended.failed,
    cause: lately.cause,
  };
}

/** Since when is not told: its oldest job may have waited before. */
function paused({ queue }: HealthFacts): Trouble {
  const ready = readyOf(queue);
  return { sentence: pausedSentence(queue, ready), since: null, weight: ready ?? 0, cause: null };
}

function stuck(facts: HealthFacts): Trouble | null {
  const ready = readyOf(facts.queue) ?? 0;
  if (ready === 0) return null;
  const { takenAt } = facts.lately;
  const absent = nobodyTakes(facts.queue, takenAt === null ? null : facts.at - takenAt);
  if (absent === null && !standsStill(facts)) return null;
  return {
    sentence: stuckSentence(facts.queue, ready, absent),
    since: since(facts.at, facts.waitedMs),
    weight: ready,
    cause: null,
  };
}

function standsStill(facts: HealthFacts): boolean {
  const still = stillMs(facts);
  const enough = facts.queue.counts.active === 0 ? LONG_WAIT_MS : HELD_MS;
  return still !== null && still >= enough && (facts.waitedMs ?? 0) >= LONG_WAIT_MS;
}

function restOf(facts: HealthFacts): QueueHealth {
  const { counts, unreadable } = facts.queue;
  const ready = readyOf(facts.queue);
  const { active, delayed } = counts;
  const children = counts['waiting-children'];
  if (unreadable !== null || ready === null || active == null || delayed == null || children == null) return 'unclear';
  if (active > 0) return 'moving';
  if (ready > 0) return isUnseen(facts) ? 'unclear' : 'moving';
  return delayed + children > 0 ? 'idle' : 'empty';
}

/** It waits for long, nothing runs, and no take is known of: that nobody has watched for long enough to see one proves nothing. */
function isUnseen({ waitedMs, lately }: HealthFacts): boolean {
  return (waitedMs ?? 0) >= LONG_WAIT_MS && lately.takenAt === null;
}

const since = (at: number, waitedMs: number | null) => (waitedMs ? toIso(at - waitedMs) : null);
