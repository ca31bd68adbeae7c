import type { LastRun } from '@/lib/contracts/schedulers';
import type { Schedule } from '@/lib/cron';

/** A scheduler without its template's payload. Times in epoch ms. */
export interface BrokerScheduler extends Schedule {
  queue: string;
  id: string;
  name: string | null;
  nextMs: number;
  iterations: number | null;
  limit: number | null;
  /** A repeatable job of BullMQ 5 or before: what its runs are given lives in its next job alone. */
  legacy: boolean;
  lastRun: LastRun | null;
}

/** All that it takes to make the scheduler again. `data` and `opts` are JSON texts as the broker has them. */
export interface SchedulerDefinition extends Schedule {
  name: string;
  limit: number | null;
  /** The next run is this one's number; null = the first. */
  iterations: number | null;
  /** Of an interval: its runs' distance from multiples of it. */
  offsetMs: number | null;
  data: string;
  opts: string;
}

export interface FoundScheduler {
  row: BrokerScheduler;
  definition: SchedulerDefinition;
  /** Why the name, data and options of the definition are not known, in a sentence; null = they are. */
  templateFault: string | null;
  /** Changes with the definition and with every run. */
  print: string;
}

/** Where a page in the order of (next run, queue, id) begins: after that scheduler, or with or after all of that moment. */
export interface SchedulerPlace {
  atMs: number;
  after: { queue: string; id: string } | 'none' | 'all';
}

/** `exists`: only with `onlyAbsent`. `refused` says why BullMQ would not have it. */
export type PutOutcome = { kind: 'done'; nextMs: number } | { kind: 'exists' } | { kind: 'refused'; reason: string };

/** What a backend must be able to do for schedulers; all or none of it. */
export interface SchedulerMethods {
  /** By next run, queue and id: at most `limit`. `queue` null = all queues. */
  list(queue: string | null, from: SchedulerPlace | null, limit: number): Promise<BrokerScheduler[]>;
  /** Which of these the broker has. */
  have(ids: readonly { queue: string; id: string }[]): Promise<boolean[]>;
  /** The same, each with its newest run. */
  lastRuns(schedulers: BrokerScheduler[]): Promise<BrokerScheduler[]>;
  find(queue: string, id: string): Promise<FoundScheduler | null>;
  /** Creates or replaces it, and plans its next run, in one atomic step; `onlyAbsent`: never replaces one. */
  put(queue: string, id: string, definition: SchedulerDefinition, onlyAbsent: boolean): Promise<PutOutcome>;
  /** With its next run, unless that has begun. With a `print`: only while it is as it was read (`changed`). */
  remove(queue: string, id: string, print: string | null): Promise<'done' | 'gone' | 'changed'>;
  /** A job from the template, with an id of its own: the scheduler does not hear of it. */
  run(queue: string, template: Pick<SchedulerDefinition, 'name' | 'data' | 'opts'>): Promise<string>;
}
