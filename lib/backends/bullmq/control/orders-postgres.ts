import { ORDER_KEPT_MS, type OrderChannel, slotOf, type WorkerOrder } from './orders';
import type { ControlQuery } from './postgres';

export const CREATE_ORDERS = `
CREATE TABLE IF NOT EXISTS queuedeck_control.worker_order (
  namespace text NOT NULL,
  worker    text NOT NULL,
  slot      text NOT NULL,
  id        text NOT NULL,
  body      jsonb NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (namespace, worker, slot)
);`;

/** `read` answers none where the table is missing; `write` makes it. */
export function postgresOrders(
  read: ControlQuery,
  write: ControlQuery,
  schema: string,
  wakeChannel: string,
): OrderChannel {
  return {
    placeOrder: async (order) => {
      await write(
        `WITH placed AS (
           INSERT INTO queuedeck_control.worker_order (namespace, worker, slot, id, body) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (namespace, worker, slot)
             DO UPDATE SET id = excluded.id, body = excluded.body, placed_at = clock_timestamp() RETURNING 1)
         SELECT pg_notify('${wakeChannel}', $6) FROM placed`,
        [
          schema,
          order.worker,
          slotOf(order),
          order.id,
          JSON.stringify(order),
          JSON.stringify([schema, '', '', order.worker]),
        ],
      );
    },
    readOrders: async (worker) => {
      const rows = await read<{ body: WorkerOrder }>(
        `SELECT body FROM queuedeck_control.worker_order WHERE namespace = $1 AND worker = $2
            AND placed_at > clock_timestamp() - make_interval(secs => $3)`,
        [schema, worker, ORDER_KEPT_MS / 1000],
      );
      return rows.map(({ body }) => body);
    },
    acknowledgeOrder: async (order, at, refused) => {
      await write(
        `UPDATE queuedeck_control.worker_order SET body = $5
          WHERE namespace = $1 AND worker = $2 AND slot = $3 AND id = $4`,
        [schema, order.worker, slotOf(order), order.id, JSON.stringify({ ...order, acknowledgedAt: at, refused })],
      );
    },
  };
}

/** Deletes the forgotten ones. */
export async function pruneOrders(read: ControlQuery, schema: string): Promise<void> {
  await read(
    `DELETE FROM queuedeck_control.worker_order
      WHERE namespace = $1 AND placed_at < clock_timestamp() - make_interval(secs => $2)`,
    [schema, ORDER_KEPT_MS / 1000],
  );
}
