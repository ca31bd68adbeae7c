/**
 * Orders to worker processes, beside the cancels; see protocol.ts for the wire that they share.
 *
 * | Redis (`<p>` = BullMQ prefix)           | PostgreSQL, schema `queuedeck_control`     | content                       |
 * |-----------------------------------------|--------------------------------------------|-------------------------------|
 * | HASH `queuedeck:<p>:orders:<worker>`    | `worker_order` (namespace, worker, slot)   | slot → WorkerOrder            |
 * | channel `queuedeck:<p>:cancel`          | NOTIFY `queuedeck_control`                 | `["", "", worker]`: look now  |
 *
 * An order's life: dashboard writes it → the worker does it and notes `acknowledgedAt`, with `refused` where it could not. A newer
 * order of the same slot takes the place of one that was not heard yet. It names the process that it means by `startedAt`, because
 * host:pid comes again (in containers always). Orders are forgotten ten minutes after they were written.
 */
export interface WorkerOrder {
  /** Random; an order is done once. */
  id: string;
  worker: string;
  startedAt: number;
  kind: 'quiet' | 'resume' | 'stop' | 'concurrency';
  /** `concurrency`: of which queue, and how many at once. */
  queue: string | null;
  concurrency: number | null;
  /** `stop`: how long running jobs may go on. */
  graceMs: number | null;
  by: string;
  at: number;
  acknowledgedAt: number | null;
  refused: string | null;
}

export const ORDER_KEPT_MS = 600_000;
const ACKNOWLEDGE_WAIT_MS = 1_000;

export interface OrderChannel {
  /** Writes it and wakes the worker. */
  placeOrder(order: WorkerOrder): Promise<void>;
  readOrders(worker: string): Promise<WorkerOrder[]>;
  /** Only when it still stands as given. */
  acknowledgeOrder(order: WorkerOrder, at: number, refused: string | null): Promise<void>;
}

/** What may stand at the same time: one order about taking jobs, and one for each queue's concurrency. */
export function slotOf(order: Pick<WorkerOrder, 'kind' | 'queue'>): string {
  return order.kind === 'concurrency' ? `concurrency:${order.queue}` : 'state';
}

/** Writes the order and waits at most a second for the worker's word; null = it has not answered yet. */
export async function requestOrder(channel: OrderChannel, order: WorkerOrder): Promise<WorkerOrder | null> {
  await channel.placeOrder(order);
  const until = Date.now() + ACKNOWLEDGE_WAIT_MS;
  for (let waitMs = 5; Date.now() < until; waitMs = Math.min(waitMs * 2, 100)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const standing = (await channel.readOrders(order.worker)).find(({ id }) => id === order.id);
    if (standing?.acknowledgedAt) return standing;
  }
  return null;
}

export function parseOrder(text: string): WorkerOrder | null {
  try {
    const order = JSON.parse(text) as WorkerOrder;
    return typeof order.id === 'string' && typeof order.worker === 'string' ? order : null;
  } catch {
    return null;
  }
}
