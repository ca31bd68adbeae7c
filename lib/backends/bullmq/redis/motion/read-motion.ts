import type { JobStanding, LostLock, PendingChildren, QueueMotion } from '@/lib/backends/motion';
import type { JobRef } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import { isRefusal } from '../../broker-errors';
import { lookAtPending } from '../../flows/pending-redis';
import { describeJobs, type SplitKey } from '../get-job';
import type { RedisLink } from '../link';
import { runAtOf } from '../to-row';
import { EVENTS_READ, PLACES_SEARCHED, READ_MOTION, READ_STANDING } from './motion-script';

/** An answer that took longer is asked for once more, so that one hiccup does not pass for a slow broker. */
const SLOW_MS = 80;
/** Rates of a queue that has just begun are taken over at least this long. */
const YOUNG_WINDOW_MS = 10_000;

export function readMotion(link: RedisLink, queue: string): Promise<QueueMotion> {
  return link.call(async () => {
    const askedAt = performance.now();
    const reply = (await askMotion(link, queue)) as string[];
    const latencyMs = await settleLatency(link, performance.now() - askedAt);
    return toMotion(reply, latencyMs);
  });
}

/** Both scripts leave in one write: one round trip. */
export function readStanding(
  link: RedisLink,
  queue: string,
  id: string,
  split: SplitKey,
): Promise<{ motion: QueueMotion; job: JobStanding } | null> {
  return link.call(async () => {
    const askedAt = performance.now();
    const base = link.base(queue);
    const [motion, standing] = await Promise.all([
      askMotion(link, queue),
      link.script(READ_STANDING, [base + id], [base, id, PLACES_SEARCHED]),
    ]);
    const tookMs = performance.now() - askedAt;
    if (standing === null) return null;
    const [latencyMs, job] = await Promise.all([
      settleLatency(link, tookMs),
      toStanding(link, { queue, id }, standing as string[], split),
    ]);
    return { motion: toMotion(motion as string[], latencyMs), job };
  });
}

function askMotion(link: RedisLink, queue: string): Promise<unknown> {
  const base = link.base(queue);
  return link.script(READ_MOTION, [`${base}meta`, `${base}events`], [base, EVENTS_READ, Date.now()]);
}

async function settleLatency(link: RedisLink, tookMs: number): Promise<number> {
  if (tookMs < SLOW_MS) return round(tookMs);
  const askedAt = performance.now();
  await link.reads.ping();
  return round(Math.min(tookMs, performance.now() - askedAt));
}

const round = (ms: number) => Math.round(ms * 10) / 10;
const whole = (text: unknown): number => Math.trunc(Number(text)) || 0;
const orNull = (text: unknown): number | null => (text === '' || text == null ? null : whole(text) || null);

function toMotion(reply: string[], latencyMs: number): QueueMotion {
  const [now, paused, concurrency, max, duration, taken, leftMs, wait, legacy, active, delayed, prioritized, children] =
    reply;
  const [dueScore, readyAt, plannedDelay, starts, newestStart, activeSeen, checkAt, checkLeft] = reply.slice(13);
  const movement = reply.slice(21, 29);
  const at = whole(now);
  const hidesReady = [wait, legacy, prioritized].includes('');
  return {
    at,
    latencyMs,
    paused: paused !== '',
    concurrency: orNull(concurrency),
    rateLimit: whole(max) && whole(duration) ? { max: whole(max), durationMs: whole(duration) } : null,
    limiter: whole(leftMs) > 0 ? { taken: Number(taken), leftMs: whole(leftMs) } : null,
    waiting: whole(wait) + whole(legacy),
    prioritized: whole(prioritized),
    setAside: paused === '' ? whole(legacy) : 0,
    atLeast: hidesReady,
    unread: hidesReady ? 'ready' : [active, delayed, children].includes('') ? 'other' : null,
    active: whole(active),
    delayed: whole(delayed),
    waitingChildren: whole(children),
    nextDueAt: dueScore === '' ? null : runAtOf(dueScore ?? ''),
    nextReadySince: readyAt === '' || whole(starts) > 0 ? null : whole(readyAt) + whole(plannedDelay),
    newestStartAt: orNull(newestStart),
    activeSeen: whole(activeSeen),
    lost: toLost(reply.slice(29)),
    recovery:
      whole(checkLeft) > 0
        ? {
            nextCheckAt: at + whole(checkLeft),
            everyMs: Math.max(0, at - whole(checkAt)) + whole(checkLeft),
            assumed: false,
          }
        : { nextCheckAt: null, everyMs: null, assumed: false },
    movement: toMovement(movement, at),
  };
}

function toLost(reply: string[]): LostLock[] {
  const lost: LostLock[] = [];
  for (let i = 0; i < reply.length; i += 3)
    lost.push({ id: String(reply[i]), startedAt: orNull(reply[i + 1]), marked: Number(reply[i + 2]) === 1 });
  return lost;
}

function toMovement(
  [read, hasOlder, oldest, arrived, taken, ended, lastTaken, pausedAt]: string[],
  at: number,
): QueueMotion['movement'] {
  const spanMs = at - whole(oldest);
  const windowMs = Number(hasOlder) === 1 ? Math.max(1, spanMs) : Math.max(YOUNG_WINDOW_MS, spanMs);
  return {
    windowMs: whole(read) === 0 ? 0 : Math.min(60_000, windowMs),
    arrived: whole(arrived),
    taken: whole(taken),
    ended: whole(ended),
    lastTakenAt: orNull(lastTaken),
    pausedAt: orNull(pausedAt),
  };
}

const CHILDREN_NAMED = 20;

async function readPending(
  link: RedisLink,
  ref: JobRef,
  count: number,
  split: SplitKey,
): Promise<PendingChildren | null> {
  if (count === 0) return null;
  const [look] = await lookAtPending(link, [ref], split);
  if (!look) return null;
  const refs = [...look.failed, ...look.open].slice(0, CHILDREN_NAMED);
  // Whoever may not read what they are is told of them all the same.
  const described = await describeJobs(link, refs).catch((error: unknown) => {
    if (isRefusal(error)) return [];
    throw error;
  });
  const some = refs.map((child, i) => ({
    ...child,
    name: described[i]?.name || null,
    state: described[i]?.state ?? (i < look.failed.length ? ('failed' as const) : null),
  }));
  return { count, failed: Math.min(count, look.failed.length), atLeast: !look.isWhole, some };
}

async function toStanding(link: RedisLink, ref: JobRef, reply: string[], split: SplitKey): Promise<JobStanding> {
  const [state, score, startedAt, finishedAt, worker, made, attempts, locked, marked, waiting, prioritized, atLeast] =
    reply;
  return {
    state: state as JobState,
    startedAt: orNull(startedAt),
    finishedAt: orNull(finishedAt),
    dueAt: state === 'delayed' ? runAtOf(score ?? '') : null,
    worker: worker || null,
    attempt: whole(made) + (state === 'active' ? 1 : 0),
    attempts: Math.max(1, whole(attempts)),
    locked: Number(locked) === 1,
    marked: Number(marked) === 1,
    ahead:
      waiting === ''
        ? null
        : { waiting: whole(waiting), prioritized: whole(prioritized), atLeast: Number(atLeast) === 1 },
    pending: await readPending(link, ref, whole(reply[12]), split),
  };
}
