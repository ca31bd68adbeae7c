import * as z from 'zod';
import { Flag, Limit, Page, SourceName, TaskName } from '../common';
import { Enqueued } from '../jobs';
import { IMPORT_MEDIA, ImportReport, RunTask, TaskList, TaskRuns } from '../tasks';
import { endpoint } from './endpoint';

export const TASK_ENDPOINTS = {
  'task.list': endpoint('Tasks that can be enqueued', z.strictObject(Page), null, TaskList),
  'task.run': endpoint('Enqueue a task', z.strictObject({ task: TaskName }), RunTask, Enqueued, {
    status: 201,
    idempotent: true,
  }),
  'task.import': endpoint(
    'Enqueue a task once for each line of a file, at most 10,000 lines and 10 MB',
    z.strictObject({ task: TaskName, source: SourceName.optional(), dryRun: Flag }),
    null,
    ImportReport,
    { idempotent: true, media: IMPORT_MEDIA },
  ),
  'task.runs': endpoint(
    "A task's last runs, as far as the broker still has them",
    z.strictObject({ task: TaskName, source: SourceName.optional(), limit: Limit }),
    null,
    TaskRuns,
  ),
};
