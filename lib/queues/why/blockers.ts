import type { PauseNote } from '@/lib/contracts/queues';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';
import { toIso } from '@/lib/iso-time';
import { nobodyTakes } from '@/lib/queues/health/nobody-takes';
import { type Found, perMinute, type QueueFacts, readyOf } from './facts';

/** A round trip that takes longer slows every take and every end. */
const SLOW_BROKER_MS = 100;
/** `queue.rateLimit(ms)` sets the counter out of reach. */
const MANUAL_LIMIT = 1e15;

type Check = (facts: QueueFacts) => Found | null;

const none = { since: null, until: null };

const REASON_SHOWN = 120;

/** By whom, and what they said of it. */
function byWhom(pause: PauseNote | null): string {
  if (pause === null) return ', it is not known by whom';
  const { by, reason } = pause;
  if (reason === null) return ` by ${by}`;
  return ` by ${by} (“${reason.length > REASON_SHOWN ? `${reason.slice(0, REASON_SHOWN)}…` : reason}”)`;
}

const paused: Check = ({ motion, pause = null }) => {
  if (!motion.paused) return null;
  const pausedAt = motion.movement.pausedAt ?? (pause && Date.parse(pause.at));
  const forHow = pausedAt === null ? '' : ` for ${formatDuration(Math.max(0, motion.at - pausedAt))}`;
  const running = motion.active > 0 ? ` ${formatPlural(motion.active, 'job')} that had begun still run.` : '';
  return {
    ...{ code: 'paused', since: toIso(pausedAt), until: null },
    sentence: `The queue has been paused${forHow}${byWhom(pause)}; ${waitText(motion)}.${running}`,
    figures: { ready: readyOf(motion), active: motion.active },
  };
};

/** BullMQ 5 moves the jobs of a queue that it pauses. Should the mark of the pause be lost, with `meta`, they stay there. */
const setAside: Check = ({ motion }) => {
  const { setAside: count } = motion;
  if (count === 0 || count < readyOf(motion)) return null;
  return {
    ...{ code: 'paused', ...none },
    sentence: `${formatPlural(count, 'job waits', 'jobs wait')} where BullMQ 5 keeps those of a paused queue, yet it is not paused: its settings may have been lost. Pause and resume it, and ${count === 1 ? 'it is' : 'they are'} taken.`,
    figures: { ready: readyOf(motion), active: motion.active },
  };
};

function whoIsAbsent({ motion, staff }: QueueFacts): 'no-worker' | 'quiet' | null {
  const { lastTakenAt } = motion.movement;
  return nobodyTakes(staff, lastTakenAt === null ? null : motion.at - lastTakenAt);
}

const noWorker: Check = ({ motion, staff }) => {
  const { lastTakenAt } = motion.movement;
  if (whoIsAbsent({ motion, staff }) !== 'no-worker') return null;
  const last = lastTakenAt === null ? '' : ` The last job was taken ${formatDuration(motion.at - lastTakenAt)} ago.`;
  return {
    ...{ code: 'no-worker', ...none },
    sentence: `No worker is connected to this queue; ${waitText(motion)}.${last}`,
    figures: { workers: 0, ready: readyOf(motion), lastTakenAt: toIso(lastTakenAt) },
  };
};

const workersQuiet: Check = ({ motion, staff }) => {
  if (whoIsAbsent({ motion, staff }) !== 'quiet') return null;
  const who = staff.workers === 1 ? 'Its one worker takes' : `All its ${staff.workers} workers take`;
  return {
    ...{ code: 'workers-quiet', ...none },
    sentence: `${who} no jobs now (quiet or stopping); ${waitText(motion)}.`,
    figures: { workers: staff.workers, quiet: staff.resting, ready: readyOf(motion) },
  };
};

const rateLimited: Check = ({ motion, staff }) => {
  const { limiter, rateLimit } = motion;
  if (limiter === null) return null;
  const isManual = limiter.taken >= MANUAL_LIMIT;
  const isFull = isManual || (rateLimit !== null && limiter.taken >= rateLimit.max);
  const hasFreeSlots = staff.slots !== null && motion.active < staff.slots;
  const isOfWorkers = rateLimit === null && !isManual && readyOf(motion) > 0 && hasFreeSlots;
  if (!isFull && !isOfWorkers) return null;
  const limit = isManual
    ? 'The queue was told to hold back'
    : rateLimit
      ? `The rate limit of ${formatCount(rateLimit.max)} in ${formatDuration(rateLimit.durationMs)} is reached`
      : `The workers' own rate limit is probably reached (${formatCount(limiter.taken)} taken in this window)`;
  return {
    ...{ code: 'rate-limited', since: null, until: toIso(motion.at + limiter.leftMs) },
    sentence: `${limit}; the next job can be taken in ${formatDuration(limiter.leftMs)}.`,
    figures: {
      holdsMs: limiter.leftMs,
      max: rateLimit?.max ?? null,
      durationMs: rateLimit?.durationMs ?? null,
      takenInWindow: isManual ? null : limiter.taken,
    },
  };
};

const globalConcurrency: Check = ({ motion }) => {
  const { concurrency, active, newestStartAt } = motion;
  if (concurrency === null || active < concurrency) return null;
  const lost =
    motion.lost.length > 0 ? ` ${formatPlural(motion.lost.length, 'of them has', 'of them have')} lost the lock.` : '';
  return {
    ...{ code: 'global-concurrency', since: toIso(newestStartAt), until: null },
    sentence: `The queue's global concurrency of ${formatCount(concurrency)} is reached: ${formatPlural(active, 'job runs', 'jobs run')}.${lost}`,
    figures: { concurrency, active, lost: motion.lost.length },
  };
};

const brokerSlow: Check = ({ motion }) => {
  if (motion.latencyMs < SLOW_BROKER_MS) return null;
  return {
    ...{ code: 'broker-slow', ...none },
    sentence: `The broker is slow: it took ${formatDuration(motion.latencyMs)} to answer, twice in a row.`,
    figures: { latencyMs: motion.latencyMs },
  };
};

/** Active jobs whose worker no longer holds them. */
export const stalled: Check = ({ motion, staff }) => {
  const [first] = motion.lost;
  if (!first) return null;
  const { until, text } = recoveryOf(
    { motion, staff },
    motion.lost.every((one) => one.marked),
  );
  return {
    ...{ code: 'stalled', since: toIso(first.startedAt), until },
    sentence: `${formatPlural(motion.lost.length, 'job has', 'jobs have')} lost the worker that ran ${motion.lost.length === 1 ? 'it' : 'them'}; ${text}.`,
    figures: { lost: motion.lost.length, active: motion.active },
  };
};

/** When the workers hand out again what lost its lock: they mark it in one check and take it back in the next. */
export function recoveryOf({ motion, staff }: QueueFacts, marked: boolean): { until: string | null; text: string } {
  const { nextCheckAt, everyMs, assumed } = motion.recovery;
  if (staff.workers === 0)
    return { until: null, text: 'no worker is connected to notice it, so it stays until one comes' };
  if (nextCheckAt === null || everyMs === null)
    return {
      until: null,
      text: 'the workers take it back at their next but one check (30 s apart unless set otherwise)',
    };
  const at = marked ? nextCheckAt : nextCheckAt + everyMs;
  const how = assumed ? " (by BullMQ's usual 30 s between checks)" : '';
  return {
    until: toIso(at),
    text: `the workers' check hands it out again in ≈ ${formatDuration(Math.max(0, at - motion.at))}${how}`,
  };
}

export const slotsBusy: Check = ({ motion, staff }) => {
  const { active, newestStartAt, movement } = motion;
  if (readyOf(motion) === 0 || active === 0) return null;
  const isKnown = staff.slots !== null;
  if (isKnown ? active < (staff.slots ?? 0) : movement.taken > 0) return null;
  const since = busySince(motion);
  const forHow = since === null ? '' : ` for ${formatDuration(motion.at - since)}`;
  const arrival = perMinute(movement.arrived, motion);
  const finish = perMinute(movement.ended, motion);
  const head = isKnown
    ? `All ${formatPlural(staff.slots ?? 0, 'slot')} of ${formatPlural(staff.workers ?? 0, 'worker')} have been busy${forHow}`
    : `${formatPlural(active, 'job runs', 'jobs run')} and none was taken${newestStartAt === null ? '' : ` for ${formatDuration(motion.at - newestStartAt)}`}: the workers do not tell their slots, which are probably all busy`;
  const rates = arrival === null || finish === null ? '' : `; arrival ≈ ${arrival}/min, finish ≈ ${finish}/min`;
  return {
    ...{ code: 'slots-busy', since: toIso(isKnown ? since : newestStartAt), until: null },
    sentence: `${head}${rates}; ${waitText(motion)}.`,
    figures: {
      slots: staff.slots,
      workers: staff.workers,
      active,
      ready: readyOf(motion),
      arrivalPerMinute: arrival,
      finishPerMinute: finish,
    },
  };
};

/** The job that is next has been ready since then and nobody took it; no slot was freed since the newest start either. */
function busySince({ nextReadySince, newestStartAt }: QueueFacts['motion']): number | null {
  if (nextReadySince === null || newestStartAt === null) return newestStartAt ?? nextReadySince;
  return Math.min(nextReadySince, newestStartAt);
}

export function waitText(motion: QueueFacts['motion']): string {
  const ready = readyOf(motion);
  const count = `${formatCount(ready, motion.atLeast)}`;
  if (ready === 0) return motion.unread === 'ready' ? 'whether any waits cannot be read' : 'nothing waits';
  return `${count} ${ready === 1 ? 'waits' : 'wait'}`;
}

/** What keeps every ready job from being taken, the strongest first. */
export function findBlockers(facts: QueueFacts): Found[] {
  const checks = [paused, setAside, noWorker, workersQuiet, rateLimited, globalConcurrency, brokerSlow];
  return checks.flatMap((check) => check(facts) ?? []);
}
