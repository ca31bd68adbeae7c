/** Verb → method and path under `/api/v1`. Plain data: the browser imports it without the schemas. */
export const ROUTES = {
  'source.list': 'GET /sources',
  'queue.list': 'GET /queues',
  'queue.get': 'GET /queues/{source}/{queue}',
  'queue.pause': 'POST /queues/{source}/{queue}/pause',
  'queue.resume': 'DELETE /queues/{source}/{queue}/pause',
  'job.list': 'GET /queues/{source}/{queue}/jobs',
  'job.add': 'POST /queues/{source}/{queue}/jobs',
  'job.get': 'GET /queues/{source}/{queue}/jobs/{job}',
  'job.logs': 'GET /queues/{source}/{queue}/jobs/{job}/logs',
  'job.file': 'GET /queues/{source}/{queue}/jobs/{job}/file',
  'job.retry': 'POST /queues/{source}/{queue}/jobs/{job}/retry',
  'job.promote': 'POST /queues/{source}/{queue}/jobs/{job}/promote',
  'job.cancel': 'POST /queues/{source}/{queue}/jobs/{job}/cancel',
  'job.remove': 'DELETE /queues/{source}/{queue}/jobs/{job}',
  'worker.list': 'GET /workers',
  'task.list': 'GET /tasks',
  'task.run': 'POST /tasks/{task}',
  'live.stream': 'GET /live',
  'system.health': 'GET /healthz',
  'system.ready': 'GET /readyz',
  'system.openapi': 'GET /openapi.json',
} as const;

export type VerbName = keyof typeof ROUTES;
