import type { JobStanding } from '@/lib/backends/motion';
import { formatCount, formatDuration } from '@/lib/format';
import { toIso } from '@/lib/iso-time';
import { findBlockers, recoveryOf, slotsBusy } from './blockers';
import { waitsForChildren } from './children';
import { decideQueue } from './decide-queue';
import { type Found, perMinute, type QueueFacts } from './facts';

/** Why one job is not done, or how it goes: the answer first, then what else stands in its way. Pure. */
export function decideJob(facts: QueueFacts, job: JobStanding): Found[] {
  switch (job.state) {
    case 'completed':
    case 'failed':
      return [ended(facts, job)];
    case 'active':
      return [job.locked ? running(facts, job) : lostLock(facts, job)];
    case 'delayed':
      return delayed(facts, job);
    case 'waiting-children':
      return [waitsForChildren(job)];
    default:
      return ready(facts, job);
  }
}

function ended({ motion }: QueueFacts, { state, finishedAt }: JobStanding): Found {
  const ago = finishedAt === null ? '' : ` ${formatDuration(Math.max(0, motion.at - finishedAt))} ago`;
  return {
    ...{ code: 'ended', since: toIso(finishedAt), until: null },
    sentence: state === 'failed' ? `It failed for good${ago}.` : `It completed${ago}.`,
    figures: {},
  };
}

function running({ motion }: QueueFacts, job: JobStanding): Found {
  const runMs = job.startedAt === null ? null : Math.max(0, motion.at - job.startedAt);
  const forHow = runMs === null ? '' : ` for ${formatDuration(runMs)}`;
  const who = job.worker ? ` on ${job.worker.slice(0, 80)}` : '';
  return {
    ...{ code: 'running', since: toIso(job.startedAt), until: null },
    sentence: `It has been running${forHow}${who}${attemptText(job)}.`,
    figures: { runMs, worker: job.worker, attempt: job.attempt, attempts: job.attempts },
  };
}

const attemptText = ({ attempt, attempts }: JobStanding) =>
  attempts > 1 ? `, attempt ${formatCount(attempt)} of ${formatCount(attempts)}` : '';

function lostLock(facts: QueueFacts, job: JobStanding): Found {
  const { until, text } = recoveryOf(facts, job.marked);
  return {
    ...{ code: 'stalled', since: toIso(job.startedAt), until },
    sentence: `Its lock is lost: the worker${job.worker ? ` ${job.worker.slice(0, 80)}` : ''} died or hangs; ${text}.`,
    figures: { worker: job.worker, marked: job.marked, checksEveryMs: facts.motion.recovery.everyMs },
  };
}

function delayed(facts: QueueFacts, job: JobStanding): Found[] {
  const { at } = facts.motion;
  const inMs = job.dueAt === null ? null : job.dueAt - at;
  const blockers = findBlockers(facts);
  const own: Found = {
    ...{ code: 'delayed', since: null, until: toIso(job.dueAt) },
    sentence:
      inMs === null
        ? 'It is delayed.'
        : inMs >= 0
          ? `It is delayed: due in ${formatDuration(inMs)}.`
          : `It was due ${formatDuration(-inMs)} ago; a worker that asks for its next job makes it ready.`,
    figures: { dueInMs: inMs },
  };
  return inMs !== null && inMs < 0 ? [...blockers, own] : [own, ...blockers];
}

function ready(facts: QueueFacts, job: JobStanding): Found[] {
  const blockers = findBlockers(facts);
  const place = behind(facts, job);
  const busy = slotsBusy(facts);
  const standsStill = busy !== null && facts.motion.movement.taken === 0;
  if (blockers.length > 0) return [...blockers, ...[place, busy].flatMap((one) => one ?? [])];
  if (place !== null) return standsStill && busy ? [busy, place] : [place, ...(busy ? [busy] : [])];
  const [first, ...others] = decideQueue(facts);
  return first ? [{ ...first, sentence: `It is next. ${first.sentence}` }, ...others] : [];
}

/** BullMQ hands out what has no priority first, then by priority. */
function behind({ motion }: QueueFacts, { ahead }: JobStanding): Found | null {
  if (ahead === null) return null;
  const total = ahead.waiting + ahead.prioritized;
  if (total === 0) return null;
  const taken = perMinute(motion.movement.taken, motion);
  const waitMs = taken && !ahead.atLeast ? (total * 60_000) / taken : null;
  const parts = [
    ...(ahead.prioritized > 0
      ? [`${formatCount(ahead.prioritized, ahead.atLeast)} prioritized ${ahead.prioritized === 1 ? 'job' : 'jobs'}`]
      : []),
    ...(ahead.waiting > 0
      ? [`${formatCount(ahead.waiting, ahead.atLeast)} waiting ${ahead.waiting === 1 ? 'job' : 'jobs'}`]
      : []),
  ];
  return {
    ...{ code: ahead.prioritized > 0 ? 'behind-prioritized' : 'behind-waiting', since: null },
    until: toIso(waitMs === null ? null : Math.round(motion.at + waitMs)),
    sentence: `It is behind ${parts.join(' and ')}${waitMs === null ? '' : `; its turn comes in ≈ ${formatDuration(waitMs)}`}.`,
    figures: {
      waitingAhead: ahead.waiting,
      prioritizedAhead: ahead.prioritized,
      atLeast: ahead.atLeast,
      takenPerMinute: taken,
    },
  };
}
