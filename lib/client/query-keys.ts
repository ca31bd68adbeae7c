import type { JobState } from '@/lib/contracts/states';

export interface QueueOf {
  source: string;
  queue: string;
}

/** Every React Query key. Frames are applied by these; the first element is the noun. */
export const keys = {
  sources: () => ['sources'] as const,
  queues: () => ['queues', 'list'] as const,
  queue: (source: string, queue: string) => ['queues', 'one', source, queue] as const,
  allJobs: () => ['jobs'] as const,
  jobLists: (source: string, queue: string) => ['jobs', 'list', source, queue] as const,
  /** `filter` '' = none. */
  jobList: (source: string, queue: string, state: JobState, cursor: string | null, filter = '') =>
    ['jobs', 'list', source, queue, state, cursor, filter] as const,
  job: (source: string, queue: string, job: string) => ['jobs', 'one', source, queue, job] as const,
  search: (q: string, sort: string, order: string, cursor: string | null, of: QueueOf | null) =>
    ['search', 'found', q, sort, order, cursor, of?.source ?? null, of?.queue ?? null] as const,
  /** The first few of a query, and of the failures that have a text: for the palette. */
  quickJobs: (q: string) => ['search', 'quick', q] as const,
  quickFailures: (text: string) => ['failures', 'quick', text] as const,
  suggestions: (q: string, at: number, source: string | null, queue: string | null) =>
    ['search', 'suggestions', q, at, source, queue] as const,
  recorded: (source: string, queue: string, job: string) => ['search', 'recorded', source, queue, job] as const,
  jobRuns: (source: string, queue: string, job: string, attempts: number) =>
    ['search', 'runs', source, queue, job, attempts] as const,
  failures: (address: string) => ['failures', 'list', address] as const,
  failure: (group: number, range: string) => ['failures', 'one', group, range] as const,
  differences: (group: number) => ['failures', 'differences', group] as const,
  summary: (source: string | null, queue: string | null, range: string) =>
    ['metrics', 'summary', source, queue, range] as const,
  series: (source: string | null, queue: string | null, metrics: string, range: string) =>
    ['metrics', 'series', source, queue, metrics, range] as const,
  comparison: (source: string, queue: string, job: string) => ['metrics', 'comparison', source, queue, job] as const,
  recorders: () => ['sources', 'recorders'] as const,
  recorder: (source: string) => ['sources', 'recorder', source] as const,
  views: (source: string | null, queue: string | null) => ['views', source, queue] as const,
  jobLogs: (source: string, queue: string, job: string) => ['jobs', 'logs', source, queue, job] as const,
  workers: () => ['workers'] as const,
  tasks: () => ['tasks'] as const,
  taskRuns: (task: string, source?: string) => ['tasks', 'runs', task, source ?? null] as const,
  source: (source: string) => ['sources', 'one', source] as const,
  queueWhy: (source: string, queue: string) => ['queues', 'why', source, queue] as const,
  rateLimit: (source: string, queue: string) => ['queues', 'rate-limit', source, queue] as const,
  jobWhy: (source: string, queue: string, job: string, state = '') =>
    ['jobs', 'why', source, queue, job, state] as const,
  allOperations: () => ['operations'] as const,
  operations: () => ['operations', 'list'] as const,
  operation: (id: string) => ['operations', 'one', id] as const,
  outcomes: (id: string, outcome: string | null) => ['operations', 'outcomes', id, outcome] as const,
  dryRun: (body: string) => ['operations', 'dry-run', body] as const,
  matching: (filter: string) => ['operations', 'matching', filter] as const,
  bin: () => ['bin'] as const,
  allSchedulers: () => ['schedulers'] as const,
  schedulers: (source: string | null, queue: string | null) => ['schedulers', 'list', source, queue] as const,
  nextRuns: (rhythm: string) => ['schedulers', 'next', rhythm] as const,
  allFlows: () => ['flows'] as const,
  flows: (source: string | null, state: string | null) => ['flows', 'list', source, state] as const,
  flowFailures: (source: string, queue: string, job: string) => ['flows', 'failures', source, queue, job] as const,
  flowLevel: (source: string, queue: string, job: string, kind: string | null) =>
    ['flows', 'level', source, queue, job, kind] as const,
};
