import * as z from 'zod';
import { Page, SourceName } from '../common';
import { WorkerList } from '../workers';
import { endpoint } from './endpoint';

export const WORKER_ENDPOINTS = {
  'worker.list': endpoint('Workers', z.strictObject({ source: SourceName.optional(), ...Page }), null, WorkerList),
};
