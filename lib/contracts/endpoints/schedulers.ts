import * as z from 'zod';
import { Page, QueueName, SourceName } from '../common';
import {
  PreviewSchedule,
  PutScheduler,
  SchedulePreview,
  Scheduler,
  SchedulerId,
  SchedulerList,
  SchedulerRun,
} from '../schedulers';
import { endpoint, none, OfQueue } from './endpoint';

const OfScheduler = { ...OfQueue, scheduler: SchedulerId };

export const SCHEDULER_ENDPOINTS = {
  'scheduler.list': endpoint(
    'Schedulers of all queues, soonest run first, paused ones last',
    z.strictObject({ source: SourceName.optional(), queue: QueueName.optional(), ...Page }),
    null,
    SchedulerList,
  ),
  'scheduler.preview': endpoint('The next runs of a schedule, and its words', none, PreviewSchedule, SchedulePreview),
  'scheduler.get': endpoint('One scheduler, with its template', z.strictObject(OfScheduler), null, Scheduler),
  'scheduler.put': endpoint(
    'Create a scheduler, or replace the one of this id',
    z.strictObject(OfScheduler),
    PutScheduler,
    Scheduler,
  ),
  'scheduler.remove': endpoint('Remove a scheduler and its next run', z.strictObject(OfScheduler), null, null, {
    status: 204,
  }),
  'scheduler.pause': endpoint('Plan no further run until it is resumed', z.strictObject(OfScheduler), null, Scheduler),
  'scheduler.resume': endpoint('Plan runs again', z.strictObject(OfScheduler), null, Scheduler),
  'scheduler.run': endpoint(
    'Add a job from the template now; the next run stays as it is',
    z.strictObject(OfScheduler),
    null,
    SchedulerRun,
    { status: 201 },
  ),
};
