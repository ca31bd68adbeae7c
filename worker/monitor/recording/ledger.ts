import type { CountMetric } from '@/lib/contracts/metric-names';
import type { JobRecord } from './job-record';
import type { Tally } from './reduce';

export type Note = { record: JobRecord; at: number } & (
  | { metric: CountMetric; times: number }
  | { metric: 'wait' | 'run'; ms: number }
);

export interface NotedFailure {
  record: JobRecord;
  message: string;
  stack: string | null;
  worker: string | null;
  at: number;
  isFinal: boolean;
}

/** What a batch says, before it is known under which ids it is stored. */
export class Ledger {
  readonly notes: Note[] = [];
  readonly failures: NotedFailure[] = [];
  readonly touched = new Set<JobRecord>();
  #drafts: ((record: JobRecord) => void)[] = [];

  /** Says what happens to one record; it is known only when the event was applied. */
  readonly tally: Tally = {
    count: (metric, at, times = 1) => this.#drafts.push((record) => this.notes.push({ record, at, metric, times })),
    wait: (ms, at) => this.#drafts.push((record) => this.notes.push({ record, at, metric: 'wait', ms })),
    run: (ms, at) => this.#drafts.push((record) => this.notes.push({ record, at, metric: 'run', ms })),
    failure: (failure) => this.#drafts.push((record) => this.failures.push({ record, ...failure })),
  };

  /** Everything told since the last call belongs to this record; null: to nobody. */
  assign(record: JobRecord | null): void {
    if (record) {
      this.touched.add(record);
      for (const draft of this.#drafts) draft(record);
    }
    this.#drafts = [];
  }

  /** What it says of some of its jobs. */
  of(isWanted: (record: JobRecord) => boolean): Ledger {
    const some = new Ledger();
    for (const note of this.notes) if (isWanted(note.record)) some.notes.push(note);
    for (const failure of this.failures) if (isWanted(failure.record)) some.failures.push(failure);
    for (const record of this.touched) if (isWanted(record)) some.touched.add(record);
    return some;
  }
}
