import type { Spell } from '@/components/overview/failure-spell';
import { findUnrecorded } from '@/components/overview/find-unrecorded';
import { countReady, LONG_WAIT_MS, readyState } from '@/components/queues/queue-health';
import { isLost, SOURCE_WORDS } from '@/components/sources/source-status';
import { groupHref, queueHref } from '@/lib/client/http/url';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { RecordStanding } from '@/lib/contracts/recorder';
import type { Source } from '@/lib/contracts/sources';
import { formatCount, formatPlural } from '@/lib/format';

/** Something that a person should look at, with what is known of its cause. */
export interface Cause {
  id: string;
  tone: 'failed' | 'waiting' | 'paused';
  /** The queue, or the source whose broker is away. */
  subject: string;
  /** What is the case: `412 failed`. */
  what: string;
  /** Why, as far as it is known now; `isCode` when it is the failing code's own words. */
  why: string;
  isCode: boolean;
  /** ISO times: since when it is so, where that is known; of the last failure. */
  since: string | null;
  at: string | null;
  /** Where the cause itself is shown. */
  whyHref: string | null;
  href: string;
  action: string;
  /** How much it weighs: jobs that it holds, or failures of the last hour where those are more; 0 = nothing new for a day. */
  weight: number;
}

/** What failed lately is told by its causes. */
export const LATELY_MS = 3_600_000;
const ORDER: Cause['tone'][] = ['failed', 'waiting', 'paused'];

/**
 * All causes: brokers that are away, records that do not go on, queues that cannot be read whole, then the worst kind first, in it the
 * largest by powers of ten, then by name: 18,000 failures stand before 9, and the order does not change with every figure.
 */
export function findCauses(
  queues: SeenQueue[],
  sources: Source[] = [],
  spells: Spell[] = [],
  records: RecordStanding[] = [],
): Cause[] {
  const ofQueues = queues
    .flatMap((queue) => [findFailing(queue, spells), findStuck(queue)])
    .filter((cause) => cause !== null)
    .sort(
      (a, b) =>
        ORDER.indexOf(a.tone) - ORDER.indexOf(b.tone) ||
        countDigits(b.weight) - countDigits(a.weight) ||
        a.id.localeCompare(b.id),
    );
  const away = sources.flatMap(findAway);
  const lost = new Set(away.map(({ subject }) => subject));
  // The record of a broker that is away stands still for that reason.
  const standing = records.filter(({ source }) => !lost.has(source)).flatMap(findUnrecorded);
  return [...away, ...standing, ...findUnreadable(queues), ...ofQueues];
}

const DAY_MS = 86_400_000;
const countDigits = (n: number) => (n <= 0 ? 0 : Math.floor(Math.log10(n)) + 1);

function findAway(source: Source): Cause[] {
  if (!isLost(source.status)) return [];
  return [
    {
      id: `away ${source.name}`,
      tone: 'failed',
      subject: source.name,
      what: `broker ${SOURCE_WORDS[source.status].toLowerCase()}`,
      why: source.reason ?? 'It does not answer.',
      isCode: false,
      since: source.since,
      at: null,
      whyHref: null,
      href: '/queues',
      action: 'Last figures',
      weight: 0,
    },
  ];
}

const MOST_NAMED = 6;
const NAME_CHARS = 60;

/** Of more than two the first tells of all: they would hide what fails. */
function findUnreadable(queues: SeenQueue[]): Cause[] {
  const some = queues.flatMap((queue) => (queue.unreadable ? [toUnreadable(queue, queue.unreadable)] : []));
  const [first] = some.sort((a, b) => a.id.localeCompare(b.id));
  if (!first || some.length <= 2) return some;
  const what = `and ${formatPlural(some.length - 1, 'more queue')} cannot be read whole`;
  const others = some.slice(1, MOST_NAMED).map(({ subject }) => subject.slice(0, NAME_CHARS));
  const why = `${first.why} Nor: ${others.join(', ')}${some.length > MOST_NAMED ? ' …' : ''}`;
  return [{ ...first, id: 'unreadable', what, why, href: '/queues', action: 'All queues', weight: some.length }];
}

function toUnreadable(queue: SeenQueue, why: string): Cause {
  return {
    id: `unreadable ${queue.source}/${queue.name}`,
    tone: 'waiting',
    subject: queue.name,
    what: 'cannot be read whole',
    why,
    isCode: false,
    since: null,
    at: null,
    whyHref: null,
    href: queueHref(queue.source, queue.name),
    action: 'Open queue',
    weight: 1,
  };
}

/** By the cause that holds most of its jobs now, then the one that failed most lately, where the record tells; else by the newest error. */
function findFailing(queue: SeenQueue, spells: Spell[]): Cause | null {
  const { failed } = queue.counts;
  if (!failed) return null;
  const own = spells
    .filter(({ group }) => group.source === queue.source && group.queues.includes(queue.name))
    .sort((a, b) => (b.group.jobsNow ?? 0) - (a.group.jobsNow ?? 0) || b.group.inRange - a.group.inRange);
  const [worst] = own;
  const lately = own.reduce((sum, { group }) => sum + group.inRange, 0);
  const at = worst?.group.lastAt ?? queue.lastError?.at ?? null;
  const isOld = at !== null && queue.at !== undefined && Date.parse(queue.at) - Date.parse(at) > DAY_MS;
  const others = own.length > 1 ? ` · and ${formatPlural(own.length - 1, 'more cause')}` : '';
  return {
    id: `failing ${queue.source}/${queue.name}`,
    tone: 'failed',
    subject: queue.name,
    what: `${formatCount(failed, queue.countsAtLeast.includes('failed'))} failed`,
    why: worst
      ? `${firstLine(worst.group.message)}${others}`
      : (queue.lastError?.message ?? 'their errors are in the list'),
    isCode: worst !== undefined || queue.lastError !== null,
    since: worst?.since ?? null,
    at,
    whyHref: worst ? groupHref(worst.group.id) : null,
    href: queueHref(queue.source, queue.name, 'failed'),
    action: 'Open failed',
    weight: Math.max(lately, isOld ? 0 : failed),
  };
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';

/** Jobs that could run and do not: nobody to run them, told not to, or too few slots. */
function findStuck(queue: SeenQueue): Cause | null {
  const ready = countReady(queue);
  if (!ready) return null;
  const base = {
    id: `stuck ${queue.source}/${queue.name}`,
    subject: queue.name,
    isCode: false,
    // The oldest job waits since then: it is so at least as long.
    since: waitsSince(queue),
    at: null,
    whyHref: null,
    href: queueHref(queue.source, queue.name, readyState(queue)),
    action: 'Open queue',
    weight: ready,
  };
  const jobs = `${formatPlural(ready, 'job')} ${ready === 1 ? 'waits' : 'wait'}`;
  if (queue.paused) return { ...base, tone: 'paused', what: 'paused', why: `${jobs}; none begins until it is resumed` };
  if (queue.workers === 0)
    return {
      ...base,
      tone: 'waiting',
      what: 'no worker connected',
      why: `${jobs}; start a worker that listens to this queue`,
    };
  if ((queue.oldestWaitingMs ?? 0) < LONG_WAIT_MS) return null;
  return { ...base, tone: 'waiting', what: 'backed up', why: `${jobs}; ${describeSlots(queue)}` };
}

function waitsSince({ at, oldestWaitingMs }: SeenQueue): string | null {
  if (at === undefined || !oldestWaitingMs) return null;
  // To the second, so that the figure stands still while the queue does.
  return new Date(Math.floor((Date.parse(at) - oldestWaitingMs) / 1000) * 1000).toISOString();
}

function describeSlots({ slots, busy, concurrency, rateLimit, counts }: SeenQueue): string {
  if (concurrency !== null && (counts.active ?? 0) >= concurrency)
    return `the queue's own limit of ${formatCount(concurrency)} at once is reached`;
  if (slots !== null && busy !== null && busy >= slots)
    return `${formatCount(busy)} of ${formatCount(slots)} slots busy`;
  if (rateLimit) return `a limit of ${formatCount(rateLimit.max)} per ${formatCount(rateLimit.durationMs)} ms is set`;
  if (slots !== null && busy !== null)
    return `${formatCount(busy)} of ${formatCount(slots)} slots busy, so something else holds them back`;
  return 'how busy the workers are is not known: they do not carry the control module';
}
