import { CodedError } from '@/lib/contracts/errors';

/** A queue with the names of the jobs that we can run there. */
export interface QueueWish {
  queue: string;
  names: readonly string[];
  /** This process has a worker on it. */
  workedOn: boolean;
}

/** What speaks against taking jobs from a queue. */
export interface QueueLook {
  /** Workers on it that are no Queuedeck's, as the broker or their beats call them. Null = the broker does not tell its clients. */
  others: string[] | null;
  /** Up to 5 names that are none of the wish's, each with a job or scheduler that has it. '' = a job that has no name. */
  unknown: UnknownName[];
}

export interface UnknownName {
  name: string;
  id: string;
  of: 'job' | 'scheduler';
}

/** One of each name; that of a scheduler before that of its job, since it makes more of them. */
export function distinctNames(found: readonly UnknownName[]): UnknownName[] {
  const jobsFirst = found.toSorted((a, b) => Number(a.of === 'scheduler') - Number(b.of === 'scheduler'));
  return [...new Map(jobsFirst.map((one) => [one.name, one])).values()].slice(0, UNKNOWN_TOLD);
}

/** What is wrong with one queue's keys, or refused of them, is its own affair; a broker that is away is everybody's. */
export function asOddity(error: unknown): Error {
  if (!(error instanceof Error)) throw error;
  if (!(error instanceof CodedError)) return error;
  if (error.code !== 'unreadable' && error.code !== 'broker_refused') throw error;
  // The broker's own words name the key.
  return error.cause instanceof Error ? error.cause : error;
}

/** So many jobs are looked at from each end of each state. */
export const LOOKED_AT = 300;
export const UNKNOWN_TOLD = 5;

/** Looks at a broker that is not ours, over one connection of its own. Reads only. */
export interface Looker {
  /** An answer for each wish, in order; an Error for a queue that could not be read. Rejects when the broker is away. */
  look(wishes: readonly QueueWish[]): Promise<(QueueLook | Error)[]>;
  close(): Promise<void>;
}
