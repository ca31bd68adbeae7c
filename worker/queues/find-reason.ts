import type { QueueLook, UnknownName } from '@/lib/backends/bullmq/worker/look/shape';
import type { NextJob } from '@/lib/backends/bullmq/worker/take-known/guard';
import { formatCount } from '@/lib/format';

/** Why a queue is left alone; the sentence is shown on the screen. */
export interface Reason {
  kind: 'not-looked' | 'unreadable' | 'cannot-tell' | 'other-workers' | 'unknown-names';
  sentence: string;
}

const NAME_CHARS = 60;
const NAMES_SHOWN = 2;

export const NOT_LOOKED: Reason = { kind: 'not-looked', sentence: 'It has not been looked into yet.' };

/** What speaks against working on the queue; null = nothing that the look has met. */
export function findReason(look: QueueLook | Error): Reason | null {
  if (look instanceof Error) return unreadable(look.message);
  const { others, unknown } = look;
  if (others === null)
    return {
      kind: 'cannot-tell',
      sentence: 'The broker does not list its clients (CLIENT LIST), so other workers on it cannot be seen.',
    };
  if (others.length > 0) return { kind: 'other-workers', sentence: describeOthers(others) };
  return unknown.length > 0 ? { kind: 'unknown-names', sentence: describeUnknown(unknown) } : null;
}

/** The job that would have been taken next. */
export function describeNext({ id, name, unreadable: why }: NextJob): Reason {
  if (why !== null) return unreadable(why);
  return { kind: 'unknown-names', sentence: describeUnknown([{ id, name, of: 'job' }]) };
}

export function unreadable(why: string): Reason {
  return { kind: 'unreadable', sentence: `It could not be looked into: ${why.slice(0, 200)}` };
}

function describeOthers(others: readonly string[]): string {
  const who = list(others.map((id) => id.slice(0, NAME_CHARS)));
  return others.length === 1 ? `Another worker takes its jobs: ${who}.` : `Other workers take its jobs: ${who}.`;
}

function describeUnknown(unknown: readonly UnknownName[]): string {
  const [first] = unknown;
  if (unknown.length > 1)
    return `It holds jobs or schedulers of other names than our tasks have: ${list(unknown.map(({ name }) => quote(name)))}.`;
  if (first?.of === 'scheduler')
    return `Its scheduler ${quote(first.id)} makes jobs named ${quote(first.name)}, and no task of ours is called that.`;
  if (first?.name === '') return `It holds a job without a name (${quote(first.id)}).`;
  return `It holds jobs named ${quote(first?.name ?? '')}, and no task of ours is called that.`;
}

function list(words: readonly string[]): string {
  const more = words.length - NAMES_SHOWN;
  return words.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
}

/** Names are somebody else's text: control characters are escaped, the length is bounded. */
const quote = (name: string) => JSON.stringify(name.length > NAME_CHARS ? `${name.slice(0, NAME_CHARS)}…` : name);
