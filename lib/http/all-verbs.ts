import { listBin } from '@/lib/bin/list';
import { restoreFromBin } from '@/lib/bin/restore';
import type { VerbName } from '@/lib/contracts/routes';
import { addJobs } from '@/lib/jobs/add';
import { cancelJob } from '@/lib/jobs/cancel';
import { downloadJobFile } from '@/lib/jobs/file';
import { getJob } from '@/lib/jobs/get';
import { listJobs } from '@/lib/jobs/list';
import { listJobLogs } from '@/lib/jobs/logs';
import { promoteJob } from '@/lib/jobs/promote';
import { removeJob } from '@/lib/jobs/remove';
import { retryJob } from '@/lib/jobs/retry';
import { explainJob } from '@/lib/jobs/why';
import { createOperation } from '@/lib/operations/create';
import { getOperation } from '@/lib/operations/get';
import { listOperations } from '@/lib/operations/list';
import { listOutcomes } from '@/lib/operations/outcomes';
import { previewOperation } from '@/lib/operations/preview';
import { restoreOperation } from '@/lib/operations/restore';
import { resumeOperation } from '@/lib/operations/resume';
import { stopOperation } from '@/lib/operations/stop';
import { getQueue } from '@/lib/queues/get';
import { listQueues } from '@/lib/queues/list';
import { pauseQueue } from '@/lib/queues/pause';
import { resumeQueue } from '@/lib/queues/resume';
import { explainQueue } from '@/lib/queues/why';
import { listSources } from '@/lib/sources/list';
import { checkHealth } from '@/lib/system/health';
import { describeApi } from '@/lib/system/openapi';
import { checkReady } from '@/lib/system/ready';
import { listTasks } from '@/lib/tasks/list';
import { runTask } from '@/lib/tasks/run';
import type { Verb } from '@/lib/verbs';
import { listWorkers } from '@/lib/workers/list';

type Verbs = { [N in Exclude<VerbName, 'live.stream'>]: Verb<N> };

/** By name, for those who ask without a route of their own. A stream is not something that a page can ask for. */
export const VERBS: Verbs = {
  'source.list': listSources,
  'queue.list': listQueues,
  'queue.get': getQueue,
  'queue.pause': pauseQueue,
  'queue.resume': resumeQueue,
  'queue.why': explainQueue,
  'job.list': listJobs,
  'job.add': addJobs,
  'job.get': getJob,
  'job.why': explainJob,
  'job.logs': listJobLogs,
  'job.file': downloadJobFile,
  'job.retry': retryJob,
  'job.promote': promoteJob,
  'job.cancel': cancelJob,
  'job.remove': removeJob,
  'worker.list': listWorkers,
  'task.list': listTasks,
  'task.run': runTask,
  'operation.preview': previewOperation,
  'operation.create': createOperation,
  'operation.list': listOperations,
  'operation.get': getOperation,
  'operation.outcomes': listOutcomes,
  'operation.stop': stopOperation,
  'operation.resume': resumeOperation,
  'operation.restore': restoreOperation,
  'bin.list': listBin,
  'bin.restore': restoreFromBin,
  'system.health': checkHealth,
  'system.ready': checkReady,
  'system.openapi': describeApi,
};
