import { listBin } from '@/lib/bin/list';
import { restoreFromBin } from '@/lib/bin/restore';
import type { VerbName } from '@/lib/contracts/routes';
import { addDeploy } from '@/lib/deploys/add';
import { listDeploys } from '@/lib/deploys/list';
import { muteFailure, noteFailure, reopenFailure, resolveFailure } from '@/lib/failures/change';
import { findDifferences } from '@/lib/failures/differs';
import { getFailure } from '@/lib/failures/get';
import { listFailures } from '@/lib/failures/list';
import { mergeFailures, splitFailure } from '@/lib/failures/merge';
import { operateOnFailure } from '@/lib/failures/operate';
import { addFlow } from '@/lib/flows/add';
import { listFlowFailures } from '@/lib/flows/failures';
import { getFlow } from '@/lib/flows/get';
import { listFlows } from '@/lib/flows/list';
import { retryFlow } from '@/lib/flows/retry';
import { addJobs } from '@/lib/jobs/add';
import { cancelJob } from '@/lib/jobs/cancel';
import { clearJobLogs } from '@/lib/jobs/clear-logs';
import { duplicateJob } from '@/lib/jobs/duplicate';
import { editJob } from '@/lib/jobs/edit';
import { downloadJobFile } from '@/lib/jobs/file';
import { getJob } from '@/lib/jobs/get';
import { listJobs } from '@/lib/jobs/list';
import { logToJob } from '@/lib/jobs/log';
import { listJobLogs } from '@/lib/jobs/logs';
import { prioritizeJob } from '@/lib/jobs/prioritize';
import { setJobProgress } from '@/lib/jobs/progress';
import { promoteJob } from '@/lib/jobs/promote';
import { removeJob } from '@/lib/jobs/remove';
import { removeJobChildren } from '@/lib/jobs/remove-children';
import { rescheduleJob } from '@/lib/jobs/reschedule';
import { retryJob } from '@/lib/jobs/retry';
import { exportJobs } from '@/lib/jobs/search/export';
import { getJobHistory } from '@/lib/jobs/search/history';
import { searchJobs } from '@/lib/jobs/search/search';
import { suggestQuery } from '@/lib/jobs/search/suggest';
import { undeduplicateJob } from '@/lib/jobs/undeduplicate';
import { explainJob } from '@/lib/jobs/why';
import { compareJob } from '@/lib/metrics/compare';
import { exposeMetrics } from '@/lib/metrics/prometheus';
import { readSeries } from '@/lib/metrics/series';
import { readSummary } from '@/lib/metrics/summary';
import { createOperation } from '@/lib/operations/create';
import { getOperation } from '@/lib/operations/get';
import { listOperations } from '@/lib/operations/list';
import { listOutcomes } from '@/lib/operations/outcomes';
import { previewOperation } from '@/lib/operations/preview';
import { restoreOperation } from '@/lib/operations/restore';
import { resumeOperation } from '@/lib/operations/resume';
import { stopOperation } from '@/lib/operations/stop';
import { cleanQueue } from '@/lib/queues/clean';
import { clearQueueConcurrency } from '@/lib/queues/clear-concurrency';
import { clearQueueRateLimit } from '@/lib/queues/clear-rate-limit';
import { drainQueue } from '@/lib/queues/drain';
import { getQueue } from '@/lib/queues/get';
import { listQueues } from '@/lib/queues/list';
import { exportQueueMeta } from '@/lib/queues/meta';
import { obliterateQueue } from '@/lib/queues/obliterate';
import { pauseQueue } from '@/lib/queues/pause';
import { readQueueRateLimit } from '@/lib/queues/rate-limit';
import { removeOrphans } from '@/lib/queues/remove-orphans';
import { resumeQueue } from '@/lib/queues/resume';
import { setQueueConcurrency } from '@/lib/queues/set-concurrency';
import { setQueueRateLimit } from '@/lib/queues/set-rate-limit';
import { trimQueueEvents } from '@/lib/queues/trim-events';
import { explainQueue } from '@/lib/queues/why';
import { getScheduler } from '@/lib/schedulers/get';
import { listSchedulers } from '@/lib/schedulers/list';
import { pauseScheduler } from '@/lib/schedulers/pause';
import { previewSchedule } from '@/lib/schedulers/preview';
import { putScheduler } from '@/lib/schedulers/put';
import { removeScheduler } from '@/lib/schedulers/remove';
import { resumeScheduler } from '@/lib/schedulers/resume';
import { runScheduler } from '@/lib/schedulers/run';
import { getSource } from '@/lib/sources/get';
import { listSources } from '@/lib/sources/list';
import { getRecorder } from '@/lib/sources/recorder';
import { listRecorders } from '@/lib/sources/recorders';
import { checkHealth } from '@/lib/system/health';
import { describeApi } from '@/lib/system/openapi';
import { checkReady } from '@/lib/system/ready';
import { importTask } from '@/lib/tasks/import';
import { listTasks } from '@/lib/tasks/list';
import { runTask } from '@/lib/tasks/run';
import { listTaskRuns } from '@/lib/tasks/runs';
import type { Verb } from '@/lib/verbs';
import { listViews } from '@/lib/views/list';
import { createView, removeView, replaceView } from '@/lib/views/save';
import { listWorkers } from '@/lib/workers/list';
import { quietWorker } from '@/lib/workers/quiet';
import { resumeWorker } from '@/lib/workers/resume';
import { setWorkerConcurrency } from '@/lib/workers/set-concurrency';
import { stopWorker } from '@/lib/workers/stop';

type Verbs = { [N in Exclude<VerbName, 'live.stream'>]: Verb<N> };

/** By name, for those who ask without a route of their own. A stream is not something that a page can ask for. */
export const VERBS: Verbs = {
  'source.recorder': getRecorder,
  'source.recorders': listRecorders,
  'job.search': searchJobs,
  'job.suggest': suggestQuery,
  'job.export': exportJobs,
  'job.history': getJobHistory,
  'job.compare': compareJob,
  'view.list': listViews,
  'view.create': createView,
  'view.replace': replaceView,
  'view.remove': removeView,
  'failure.list': listFailures,
  'failure.get': getFailure,
  'failure.differs': findDifferences,
  'failure.merge': mergeFailures,
  'failure.split': splitFailure,
  'failure.mute': muteFailure,
  'failure.resolve': resolveFailure,
  'failure.reopen': reopenFailure,
  'failure.note': noteFailure,
  'failure.operate': operateOnFailure,
  'deploy.list': listDeploys,
  'deploy.add': addDeploy,
  'metric.series': readSeries,
  'metric.summary': readSummary,
  'metric.prometheus': exposeMetrics,
  'source.list': listSources,
  'source.get': getSource,
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
  'job.duplicate': duplicateJob,
  'job.edit': editJob,
  'job.prioritize': prioritizeJob,
  'job.reschedule': rescheduleJob,
  'job.progress': setJobProgress,
  'job.log': logToJob,
  'job.clear-logs': clearJobLogs,
  'job.undeduplicate': undeduplicateJob,
  'job.remove-children': removeJobChildren,
  'queue.drain': drainQueue,
  'queue.clean': cleanQueue,
  'queue.obliterate': obliterateQueue,
  'queue.remove-orphans': removeOrphans,
  'queue.set-concurrency': setQueueConcurrency,
  'queue.clear-concurrency': clearQueueConcurrency,
  'queue.rate-limit': readQueueRateLimit,
  'queue.set-rate-limit': setQueueRateLimit,
  'queue.clear-rate-limit': clearQueueRateLimit,
  'queue.trim-events': trimQueueEvents,
  'queue.meta': exportQueueMeta,
  'scheduler.list': listSchedulers,
  'scheduler.preview': previewSchedule,
  'scheduler.get': getScheduler,
  'scheduler.put': putScheduler,
  'scheduler.remove': removeScheduler,
  'scheduler.pause': pauseScheduler,
  'scheduler.resume': resumeScheduler,
  'scheduler.run': runScheduler,
  'flow.list': listFlows,
  'flow.get': getFlow,
  'flow.failures': listFlowFailures,
  'flow.retry': retryFlow,
  'flow.add': addFlow,
  'worker.list': listWorkers,
  'worker.quiet': quietWorker,
  'worker.resume': resumeWorker,
  'worker.stop': stopWorker,
  'worker.set-concurrency': setWorkerConcurrency,
  'task.list': listTasks,
  'task.run': runTask,
  'task.import': importTask,
  'task.runs': listTaskRuns,
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
