import { foundation } from './0001-foundation';
import { effectRun } from './0002-effect-run';
import { operations } from './0010-operations';
import { operationGeneration } from './0011-operation-generation';
import { pausedSchedulers } from './0020-paused-schedulers';
import { history } from './0030-history';
import { workerQueue } from './0040-worker-queue';
import { longNames } from './0041-long-names';
import { recordIsolation } from './0050-record-isolation';
import { effectOfRun } from './0051-effect-of-run';
import { failureMerges } from './0060-failure-merges';
import { flowFailures } from './0070-flow-failures';
import { pauseNotes } from './0080-pause-notes';

/** Forward only; a landed step is never edited. */
export const MIGRATIONS: readonly { name: string; sql: string }[] = [
  foundation,
  effectRun,
  operations,
  operationGeneration,
  pausedSchedulers,
  history,
  workerQueue,
  longNames,
  recordIsolation,
  effectOfRun,
  failureMerges,
  flowFailures,
  pauseNotes,
];
