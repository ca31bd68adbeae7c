import { foundation } from './0001-foundation';
import { effectRun } from './0002-effect-run';
import { operations } from './0010-operations';
import { operationGeneration } from './0011-operation-generation';
import { pausedSchedulers } from './0020-paused-schedulers';
import { history } from './0030-history';
import { longNames } from './0040-long-names';

/** Forward only; a landed step is never edited. */
export const MIGRATIONS: readonly { name: string; sql: string }[] = [
  foundation,
  effectRun,
  operations,
  operationGeneration,
  pausedSchedulers,
  history,
  longNames,
];
