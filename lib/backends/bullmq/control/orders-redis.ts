import type { Cluster, Redis } from 'ioredis';
import { ORDER_KEPT_MS, type OrderChannel, parseOrder, slotOf, type WorkerOrder } from './orders';

/*
 * KEYS[1] the worker's HASH of orders
 * PLACE         ARGV slot, order, ms to keep
 * ACKNOWLEDGE   ARGV slot, id, order          only while the order of that id stands there
 */
const PLACE = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;
const ACKNOWLEDGE = `
local old = redis.call('HGET', KEYS[1], ARGV[1])
if not old or not string.find(old, '"id":"' .. ARGV[2] .. '"', 1, true) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`;

export function redisOrders(redis: Redis | Cluster, prefix: string, wakeChannel: string): OrderChannel {
  const keyOf = (worker: string) => `queuedeck:${prefix}:orders:${worker}`;
  return {
    placeOrder: async (order) => {
      await redis.eval(PLACE, 1, keyOf(order.worker), slotOf(order), JSON.stringify(order), ORDER_KEPT_MS);
      await redis.publish(wakeChannel, JSON.stringify(['', '', order.worker]));
    },
    readOrders: async (worker) => {
      const all = await redis.hgetall(keyOf(worker));
      return Object.values(all)
        .map(parseOrder)
        .filter((order): order is WorkerOrder => order !== null);
    },
    acknowledgeOrder: async (order, at, refused) => {
      const done = JSON.stringify({ ...order, acknowledgedAt: at, refused });
      await redis.eval(ACKNOWLEDGE, 1, keyOf(order.worker), slotOf(order), order.id, done);
    },
  };
}
