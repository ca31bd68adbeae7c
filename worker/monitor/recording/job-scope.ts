import type { Store } from '@/lib/store/store';
import type { Ledger } from './ledger';
import type { Marks } from './marks';
import type { Memory } from './memory';
import type { RefusedJobs } from './refused-jobs';

/** What records are taken onto: those in memory and store, what a batch says of them, what is kept of queues, and which are not recorded. */
export interface Scope {
  store: Store;
  source: string;
  memory: Memory;
  ledger: Ledger;
  marks: Marks;
  refused: RefusedJobs;
}
