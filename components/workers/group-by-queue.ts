import type { Worker } from '@/lib/contracts/workers';

export interface QueueWorkers {
  source: string;
  queue: string;
  workers: Worker[];
  /** Jobs of this queue that its workers say they run; null when none of them tells. */
  running: number | null;
}

/** Which workers take from which queue. Slots are not split: a worker of two queues has no slots of its own for either. */
export function groupByQueue(workers: Worker[]): QueueWorkers[] {
  const groups = new Map<string, QueueWorkers>();
  for (const worker of workers.filter(({ status }) => status !== 'lost')) {
    for (const queue of worker.queues) {
      const key = `${worker.source}\n${queue}`;
      const group = groups.get(key) ?? { source: worker.source, queue, workers: [], running: null };
      group.workers.push(worker);
      if (worker.running) group.running = (group.running ?? 0) + countRunning(worker, queue);
      groups.set(key, group);
    }
  }
  return [...groups.values()].sort((a, b) => a.queue.localeCompare(b.queue) || a.source.localeCompare(b.source));
}

/** A worker of one queue knows its full count; of several, only the jobs that it lists. */
function countRunning(worker: Worker, queue: string): number {
  if (worker.queues.length === 1 && worker.busy !== null) return worker.busy;
  return worker.running?.filter((job) => job.queue === queue).length ?? 0;
}
