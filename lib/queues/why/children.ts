import type { JobStanding, PendingChildren } from '@/lib/backends/motion';
import { formatCount, formatPlural } from '@/lib/format';
import type { Found, QueueFacts } from './facts';

const NAMED = 3;
const none = { since: null, until: null };

/** What a parent waits for. BullMQ keeps children that failed among those: only a retry or their removal frees the parent. */
export function waitsForChildren({ pending }: JobStanding): Found {
  if (pending !== null && pending.failed > 0) return heldByChildren(pending);
  const { count, some } = pending ?? { count: 0, some: [] };
  const names = nameSome(some, count);
  return {
    ...{ code: 'waiting-children', ...none },
    sentence: `It waits for ${formatPlural(count, 'child', 'children')}${names === '' ? '' : `: ${names}`}.`,
    figures: { children: count },
  };
}

function heldByChildren({ count, failed, atLeast, some }: PendingChildren): Found {
  const names = nameSome(
    some.filter(({ state }) => state === 'failed'),
    failed,
    atLeast,
  );
  const waits = `It waits for ${formatPlural(count, 'child', 'children')}`;
  return {
    ...{ code: 'children-failed', ...none },
    sentence: `${waits}: ${howTheyStand(count, failed, atLeast)}. Only retrying or removing what failed frees it: ${names}.`,
    figures: { children: count, failed, atLeast },
  };
}

function howTheyStand(count: number, failed: number, atLeast: boolean): string {
  if (atLeast) return `at least ${formatCount(failed)} failed and hold it`;
  if (failed === count) return count === 1 ? 'it failed and holds it' : 'all failed and hold it';
  const open = count - failed;
  return `${formatCount(failed)} failed and ${failed === 1 ? 'holds' : 'hold'} it, ${formatCount(open)} ${open === 1 ? 'has' : 'have'} not ended`;
}

function nameSome(some: PendingChildren['some'], count: number, atLeast = false): string {
  const names = some
    .slice(0, NAMED)
    .map(({ queue, id, name }) => `${(name ?? id).slice(0, 60)} (${queue.slice(0, 40)})`);
  const more =
    count > names.length && names.length > 0 ? ` and ${formatCount(count - names.length, atLeast)} more` : '';
  return `${names.join(', ')}${more}`;
}

/** Jobs of the queue that wait for children, and those of them that wait for children that failed. */
export function parentsWait({ motion, held }: QueueFacts, head = ''): Found | null {
  const count = motion.waitingChildren;
  if (count === 0) return null;
  const waits = `${head}${formatPlural(count, 'job waits', 'jobs wait')} for children`;
  if (!held || held.held.length === 0)
    return {
      ...{ code: 'waiting-children', ...none },
      sentence: `${waits}.`,
      figures: { waitingChildren: count },
    };
  const parents = held.held.length;
  const children = held.held.reduce((sum, { failed }) => sum + failed, 0);
  const of = parents === count ? '' : ` ${held.atLeast ? 'at least ' : ''}${formatCount(parents)} of them`;
  return {
    ...{ code: 'children-failed', ...none },
    sentence: `${waits},${of} for ${held.atLeast ? 'at least ' : ''}${formatCount(children)} that failed: only retrying or removing these frees ${parents === 1 ? 'it' : 'them'}.`,
    figures: { waitingChildren: count, held: parents, failedChildren: children, atLeast: held.atLeast },
  };
}
