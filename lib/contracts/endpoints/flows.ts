import * as z from 'zod';
import { Cursor, JobState, Limit, Page, SourceName } from '../common';
import {
  AddFlow,
  AddFlowDoor,
  ChildKind,
  Flow,
  FlowAdded,
  FlowFailures,
  FlowList,
  FlowRetried,
  RetryFlow,
} from '../flows';
import { endpoint, none, OfJob } from './endpoint';

export const FLOW_ENDPOINTS = {
  'flow.list': endpoint(
    'Flows: jobs with children and no parent, newest first; or those in which a job failed',
    z.strictObject({ source: SourceName.optional(), state: JobState.optional(), ...Page }),
    null,
    FlowList,
  ),
  'flow.get': endpoint(
    "A job's place in its flow: its children, level by level",
    z.strictObject({
      ...OfJob,
      depth: z.coerce.number().int().min(1).max(5).default(1),
      /** Of the job's own children: only those that it counts so. */
      kind: ChildKind.optional(),
      cursor: Cursor.optional(),
      limit: Limit,
    }),
    null,
    Flow,
  ),
  'flow.failures': endpoint(
    'What failed below a job, and what of it a retry would take',
    z.strictObject(OfJob),
    null,
    FlowFailures,
  ),
  'flow.retry': endpoint(
    'Retry what failed below a job, as operations',
    z.strictObject(OfJob),
    RetryFlow.default({ reason: 'Retry what failed in this flow', options: {} }),
    FlowRetried,
    { status: 201 },
  ),
  'flow.add': endpoint('Add a tree of jobs, all or none', none, AddFlow, FlowAdded, {
    status: 201,
    idempotent: true,
    door: AddFlowDoor,
  }),
};
