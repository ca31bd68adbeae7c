import type { JobState } from '@/lib/contracts/states';

/** Every React Query key. Frames are applied by these; the first element is the noun. */
export const keys = {
  sources: () => ['sources'] as const,
  queues: () => ['queues', 'list'] as const,
  queue: (source: string, queue: string) => ['queues', 'one', source, queue] as const,
  allJobs: () => ['jobs'] as const,
  jobLists: (source: string, queue: string) => ['jobs', 'list', source, queue] as const,
  jobList: (source: string, queue: string, state: JobState, cursor: string | null) =>
    ['jobs', 'list', source, queue, state, cursor] as const,
  job: (source: string, queue: string, job: string) => ['jobs', 'one', source, queue, job] as const,
  jobLogs: (source: string, queue: string, job: string) => ['jobs', 'logs', source, queue, job] as const,
  workers: () => ['workers'] as const,
  tasks: () => ['tasks'] as const,
};
