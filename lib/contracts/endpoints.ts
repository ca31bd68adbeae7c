import type * as z from 'zod';
import type { Endpoint } from './endpoints/endpoint';
import { FAILURE_ENDPOINTS } from './endpoints/failures';
import { FLOW_ENDPOINTS } from './endpoints/flows';
import { JOB_ENDPOINTS } from './endpoints/jobs';
import { LIVE_ENDPOINTS } from './endpoints/live';
import { METRIC_ENDPOINTS } from './endpoints/metrics';
import { OPERATION_ENDPOINTS } from './endpoints/operations';
import { QUEUE_ENDPOINTS } from './endpoints/queues';
import { SCHEDULER_ENDPOINTS } from './endpoints/schedulers';
import { SEARCH_ENDPOINTS } from './endpoints/search';
import { SOURCE_ENDPOINTS } from './endpoints/sources';
import { SYSTEM_ENDPOINTS } from './endpoints/system';
import { TASK_ENDPOINTS } from './endpoints/tasks';
import { WORKER_ENDPOINTS } from './endpoints/workers';
import { ROUTES, type VerbName } from './routes';

export type { Endpoint } from './endpoints/endpoint';

/** THE table: one row for each verb, a file for each noun. */
export const ENDPOINTS = {
  ...SOURCE_ENDPOINTS,
  ...QUEUE_ENDPOINTS,
  ...JOB_ENDPOINTS,
  ...SEARCH_ENDPOINTS,
  ...FAILURE_ENDPOINTS,
  ...METRIC_ENDPOINTS,
  ...SCHEDULER_ENDPOINTS,
  ...FLOW_ENDPOINTS,
  ...WORKER_ENDPOINTS,
  ...TASK_ENDPOINTS,
  ...OPERATION_ENDPOINTS,
  ...LIVE_ENDPOINTS,
  ...SYSTEM_ENDPOINTS,
} satisfies Record<VerbName, Endpoint>;

export type Endpoints = typeof ENDPOINTS;
/** What a verb's `run` receives: path parameters, query and `body`, parsed. */
export type InputOf<N extends VerbName> = z.output<Endpoints[N]['input']> & {
  body: Endpoints[N]['body'] extends z.ZodType ? z.output<Endpoints[N]['body']> : undefined;
};
/** What a caller sends, before parsing. */
export type CallOf<N extends VerbName> = NoneAsObject<z.input<Endpoints[N]['input']>> &
  (Endpoints[N]['body'] extends z.ZodType ? { body?: z.input<Endpoints[N]['body']> } : object);
/** A strict object without fields allows none in TypeScript either, not even `body`. */
type NoneAsObject<T> = string extends keyof T ? object : T;
export type OutputOf<N extends VerbName> = Endpoints[N]['output'] extends z.ZodType
  ? z.output<Endpoints[N]['output']>
  : undefined;

/** `GET /queues/{source}` → its two halves. */
export function methodAndPath(name: VerbName): [method: string, path: string] {
  const [method = '', path = ''] = ROUTES[name].split(' ');
  return [method, path];
}
