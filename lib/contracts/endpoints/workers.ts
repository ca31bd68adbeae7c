import * as z from 'zod';
import { Page, SourceName } from '../common';
import { StopWorker, WorkerConcurrency, WorkerId, WorkerList, WorkerOrderResult } from '../workers';
import { endpoint } from './endpoint';

const OfWorker = z.strictObject({ source: SourceName, worker: WorkerId });

export const WORKER_ENDPOINTS = {
  'worker.list': endpoint('Workers', z.strictObject({ source: SourceName.optional(), ...Page }), null, WorkerList),
  'worker.quiet': endpoint('Let a worker take no more jobs; those that run go on', OfWorker, null, WorkerOrderResult),
  'worker.resume': endpoint('Let a quiet worker take jobs again', OfWorker, null, WorkerOrderResult),
  'worker.stop': endpoint(
    'Stop a worker: quiet, a grace for what runs, then abort',
    OfWorker,
    StopWorker.default({ graceMs: 30_000 }),
    WorkerOrderResult,
  ),
  'worker.set-concurrency': endpoint(
    'How many jobs of a queue a worker runs at once, until it ends',
    OfWorker,
    WorkerConcurrency,
    WorkerOrderResult,
  ),
};
