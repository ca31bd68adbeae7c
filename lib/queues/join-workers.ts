import type { BrokerFigures } from '@/lib/backends/backend';
import type { Worker } from '@/lib/contracts/workers';

interface Staff {
  workers: number;
  /** Of those, the ones that take no jobs now. */
  resting: number;
  slots: number | null;
  busy: number | null;
}

/** A queue and who works on it; null = cannot know. */
export type StaffedFigures = BrokerFigures & { source: string } & { [key in keyof Staff]: Staff[key] | null };

const NOBODY: Staff = { workers: 0, resting: 0, slots: 0, busy: 0 };

/**
 * Adds who works on each queue. `workers: null` = the list could not be read. Slots and busy are sums over the workers that
 * beat; null as soon as one of those on the queue does not.
 */
export function joinWorkers(
  source: string,
  figures: BrokerFigures[],
  workers: readonly Worker[] | null,
): StaffedFigures[] {
  const staff = workers && groupByQueue(workers);
  return figures.map((queue) => {
    const here: Staff | null = staff ? (staff.get(queue.name) ?? NOBODY) : null;
    return {
      source,
      ...queue,
      workers: here?.workers ?? null,
      resting: here?.resting ?? null,
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
      const staff = byQueue.get(queue) ?? NOBODY;
      const lane = worker.lanes?.find((one) => one.queue === queue);
      byQueue.set(queue, {
        workers: staff.workers + 1,
        resting: staff.resting + (worker.status !== 'up' || lane?.quiet ? 1 : 0),
        slots: addKnown(staff.slots, lane?.slots ?? null),
        busy: addKnown(staff.busy, lane?.busy ?? null),
      });
    }
  }
  return byQueue;
}

const addKnown = (sum: number | null, value: number | null) => (sum === null || value === null ? null : sum + value);
