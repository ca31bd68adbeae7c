import type { BrokerFigures } from '@/lib/backends/backend';
import type { QueueFigures } from '@/lib/contracts/queues';
import type { Worker } from '@/lib/contracts/workers';

interface Staff {
  workers: number;
  slots: number | null;
  busy: number | null;
}

/**
 * Adds who works on each queue. `workers: null` = the list could not be read. Slots and busy are sums over the workers
 * that beat and serve only this queue, or say how they divide; null as soon as one of them does not tell.
 */
export function joinWorkers(
  source: string,
  figures: BrokerFigures[],
  workers: readonly Worker[] | null,
): QueueFigures[] {
  const staff = workers && groupByQueue(workers);
  return figures.map((queue) => {
    const here: Staff | null = staff ? (staff.get(queue.name) ?? { workers: 0, slots: 0, busy: 0 }) : null;
    return {
      source,
      ...queue,
      workers: here?.workers ?? null,
      slots: here?.slots ?? null,
      busy: here?.busy ?? null,
    };
  });
}

function groupByQueue(workers: readonly Worker[]): Map<string, Staff> {
  const byQueue = new Map<string, Staff>();
  for (const worker of workers) {
    if (worker.status === 'lost') continue;
    for (const queue of worker.queues) {
      const staff = byQueue.get(queue) ?? { workers: 0, slots: 0, busy: 0 };
      byQueue.set(queue, {
        workers: staff.workers + 1,
        slots: addKnown(staff.slots, slotsOn(worker)),
        busy: addKnown(staff.busy, busyOn(worker, queue)),
      });
    }
  }
  return byQueue;
}

function slotsOn(worker: Worker): number | null {
  return worker.queues.length === 1 ? worker.slots : null;
}

function busyOn(worker: Worker, queue: string): number | null {
  if (worker.queues.length === 1) return worker.busy;
  if (worker.running === null || worker.running.length !== worker.busy) return null;
  return worker.running.filter((job) => job.queue === queue).length;
}

const addKnown = (sum: number | null, value: number | null) => (sum === null || value === null ? null : sum + value);
