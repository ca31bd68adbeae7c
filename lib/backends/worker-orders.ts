/** What is asked of a worker process that carries the control module. `queue: null` = its only one. */
export type WorkerWish = { by: string } & (
  | { kind: 'quiet' }
  | { kind: 'resume' }
  | { kind: 'stop'; graceMs: number }
  | { kind: 'concurrency'; queue: string | null; concurrency: number }
);

/**
 * `gone`: no such worker. `deaf`: it is connected and carries no control module. `lost`: it has stopped beating (epoch ms).
 * `placed`: it was told; `refused` is its own reason for not doing it.
 */
export type WorkerOrdered =
  | { kind: 'gone' }
  | { kind: 'deaf' }
  | { kind: 'lost'; beatAt: number }
  | { kind: 'which-queue'; queues: string[] }
  | { kind: 'placed'; acknowledged: boolean; refused: string | null };
