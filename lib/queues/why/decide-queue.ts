import { formatCount, formatDuration, formatPlural } from '@/lib/format';
import { toIso } from '@/lib/iso-time';
import { findBlockers, slotsBusy, stalled, waitText } from './blockers';
import { parentsWait } from './children';
import { type Found, perMinute, type QueueFacts, readyOf } from './facts';

/** What has just become ready is not stuck yet. */
const JUST_NOW_MS = 3_000;
const none = { since: null, until: null };

/** Why a queue does not move, or how it does: the answer first, then what else holds. Pure. */
export function decideQueue(facts: QueueFacts): Found[] {
  const blockers = findBlockers(facts);
  const found = readyOf(facts.motion) > 0 ? busyQueue(facts, blockers) : restingQueue(facts, blockers);
  return found.filter((one, i) => found.findIndex(({ code }) => code === one.code) === i);
}

function busyQueue(facts: QueueFacts, blockers: Found[]): Found[] {
  const busy = slotsBusy(facts);
  const lost = stalled(facts);
  const { taken, arrived } = facts.motion.movement;
  const moves = taken > 0 ? moving(facts) : null;
  const isFalling = taken > arrived;
  const pace = busy && moves && !isFalling ? [busy, moves] : [moves, busy];
  const held = facts.held && facts.held.held.length > 0 ? parentsWait(facts) : null;
  const found = [...blockers, ...pace, lost, held].flatMap((one) => one ?? []);
  return found.some(({ code }) => code !== 'stalled' && code !== 'children-failed')
    ? found
    : [...idleHands(facts), ...found];
}

function restingQueue(facts: QueueFacts, blockers: Found[]): Found[] {
  const { motion } = facts;
  const paused = blockers.filter(({ code }) => code === 'paused');
  const rest = blockers.filter(({ code }) => code !== 'paused');
  const lost = stalled(facts);
  const running = motion.active > motion.lost.length ? moving(facts) : null;
  if (motion.unread === 'ready') return [...paused, hidden(), ...rest, ...[lost, running].flatMap((one) => one ?? [])];
  const due = delayed(facts);
  const isOverdue = due !== null && motion.nextDueAt !== null && motion.nextDueAt < motion.at - JUST_NOW_MS;
  const own = [lost, running, due, parentsWait(facts, due || lost || running ? '' : 'Nothing is ready: ')].flatMap(
    (one) => one ?? [],
  );
  if (isOverdue) return [...paused, ...rest, ...own];
  return [...paused, ...(own.length > 0 ? own : [motion.unread ? inPart() : idle()]), ...rest];
}

/** Arrival, finish and what follows from them, from the last minute's events. */
export function moving(facts: QueueFacts): Found {
  const { motion } = facts;
  const { movement } = motion;
  const arrival = perMinute(movement.arrived, motion);
  const finish = perMinute(movement.ended, motion);
  const taken = perMinute(movement.taken, motion);
  const ready = readyOf(motion);
  const drainMs =
    ready > 0 && taken !== null && arrival !== null && taken > arrival ? (ready * 60_000) / (taken - arrival) : null;
  const rates =
    arrival === null || finish === null
      ? `${formatPlural(motion.active, 'job runs', 'jobs run')}`
      : `arrival ≈ ${arrival}/min, finish ≈ ${finish}/min`;
  return {
    ...{ code: 'moving', since: null, until: toIso(drainMs === null ? null : Math.round(motion.at + drainMs)) },
    sentence: `Moving: ${rates}, ${outlook(motion, drainMs)}.`,
    figures: {
      arrivalPerMinute: arrival,
      takenPerMinute: taken,
      finishPerMinute: finish,
      windowMs: movement.windowMs,
      ready,
      active: motion.active,
      drainsInMs: drainMs === null ? null : Math.round(drainMs),
    },
  };
}

function outlook(motion: QueueFacts['motion'], drainMs: number | null): string {
  if (readyOf(motion) === 0)
    return `${formatPlural(motion.active, 'runs', 'run')}${motion.unread === 'ready' ? ',' : ' and'} ${waitText(motion)}`;
  if (drainMs !== null) return `drains in ≈ ${formatDuration(drainMs)}`;
  const { arrived, taken } = motion.movement;
  return arrived > taken ? `so the backlog grows; ${waitText(motion)}` : `the backlog holds; ${waitText(motion)}`;
}

function delayed({ motion, staff }: QueueFacts): Found | null {
  if (motion.delayed === 0) return null;
  const inMs = motion.nextDueAt === null ? null : motion.nextDueAt - motion.at;
  const when =
    inMs === null
      ? ''
      : inMs >= 0
        ? `; the next is due in ${formatDuration(inMs)}`
        : `; the next was due ${formatDuration(-inMs)} ago`;
  const nobody = staff.workers === 0 ? ', and no worker is connected to take it then' : '';
  return {
    ...{ code: 'delayed', since: null, until: toIso(motion.nextDueAt) },
    sentence: `Nothing is ready: ${formatCount(motion.delayed)} ${motion.delayed === 1 ? 'job is' : 'jobs are'} delayed${when}${nobody}.`,
    figures: { delayed: motion.delayed, nextInMs: inMs },
  };
}

const hidden = (): Found => ({
  ...{ code: 'unclear', ...none },
  sentence: 'It is not known whether any job waits: what holds them cannot be read.',
  figures: { ready: null },
});

const inPart = (): Found => ({
  ...{ code: 'unclear', ...none },
  sentence: 'It is not known whether the queue is empty: a part of it cannot be read.',
  figures: { ready: 0, active: null },
});

const idle = (): Found => ({
  ...{ code: 'idle', ...none },
  sentence: 'The queue is empty: nothing waits and nothing runs.',
  figures: { ready: 0, active: 0 },
});

/** Work waits, workers are there, and nothing is taken. */
function idleHands({ motion, staff }: QueueFacts): Found[] {
  const { lastTakenAt } = motion.movement;
  const { nextReadySince } = motion;
  const figures = { workers: staff.workers, slots: staff.slots, active: motion.active, ready: readyOf(motion) };
  if (nextReadySince !== null && motion.at - nextReadySince < JUST_NOW_MS)
    return [
      {
        ...{ code: 'moving', ...none, figures },
        sentence: `Moving: the next job became ready ${formatDuration(motion.at - nextReadySince)} ago and waits for its worker.`,
      },
    ];
  const since = lastTakenAt ?? nextReadySince;
  const forHow = since === null ? '' : ` for ${formatDuration(motion.at - since)}`;
  const free =
    staff.slots === null
      ? ''
      : ` and ${formatPlural(Math.max(0, staff.slots - motion.active), 'slot is', 'slots are')} free`;
  const who =
    staff.workers === null
      ? 'It could not be read which workers are connected'
      : `${formatPlural(staff.workers, 'worker is', 'workers are')} connected${free}`;
  return [
    {
      ...{ code: 'unclear', since: toIso(since), until: null, figures },
      sentence: `${who}, yet nothing has been taken${forHow}; ${waitText(motion)}. Look at the workers' own logs.`,
    },
  ];
}
