import type { HeldParents } from '@/lib/backends/flows';
import type { QueueMotion } from '@/lib/backends/motion';
import type { PauseNote } from '@/lib/contracts/queues';
import type { Cause, WhyFigures } from '@/lib/contracts/why';
import type { Worker } from '@/lib/contracts/workers';

/** Who works on a queue. `null` = cannot know. */
export interface Staff {
  workers: number | null;
  /** Of those, the ones that take no jobs now. */
  resting: number;
  /** Of the ones that take jobs. */
  slots: number | null;
}

export interface QueueFacts {
  motion: QueueMotion;
  staff: Staff;
  /** Asked for where jobs wait for children. */
  held?: HeldParents | null;
  /** Who paused it; null or left out where it is not, or nobody knows. */
  pause?: PauseNote | null;
}

/** An answer that may apply, with what its sentence was made from. */
export type Found = Cause & { figures: WhyFigures };

export function staffOf(queue: string, workers: readonly Worker[] | null): Staff {
  if (workers === null) return { workers: null, resting: 0, slots: null };
  const here = workers.filter((worker) => worker.status !== 'lost' && worker.queues.includes(queue));
  const laneOf = (worker: Worker) => worker.lanes?.find((lane) => lane.queue === queue);
  const taking = here.filter((worker) => worker.status === 'up' && !laneOf(worker)?.quiet);
  const lanes = taking.map((worker) => laneOf(worker)?.slots ?? null);
  const slots = lanes.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
  return { workers: here.length, resting: here.length - taking.length, slots };
}

export const readyOf = (motion: QueueMotion): number => motion.waiting + motion.prioritized;

/** Per minute, over the window that was read; null when there is nothing to go by. */
export function perMinute(count: number, { movement }: QueueMotion): number | null {
  if (movement.windowMs === 0) return null;
  const rate = (count * 60_000) / movement.windowMs;
  return rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate);
}
