import * as z from 'zod';
import { Page, TaskName } from '../common';
import { Enqueued } from '../jobs';
import { RunTask, TaskList } from '../tasks';
import { endpoint } from './endpoint';

export const TASK_ENDPOINTS = {
  'task.list': endpoint('Tasks that can be enqueued', z.strictObject(Page), null, TaskList),
  'task.run': endpoint('Enqueue a task', z.strictObject({ task: TaskName }), RunTask, Enqueued, {
    status: 201,
    idempotent: true,
  }),
};
