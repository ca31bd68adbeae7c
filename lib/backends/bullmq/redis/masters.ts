import { Cluster, type Redis } from 'ioredis';
import { type RedisLink, whenReady } from './link';

/** The one server, or all primaries of a Cluster. Rejects while none is known. */
export async function mastersOf(link: RedisLink): Promise<Redis[]> {
  if (!(link.reads instanceof Cluster)) return [link.reads];
  if (link.reads.nodes('master').length === 0) await whenReady(link.reads);
  return link.reads.nodes('master');
}

/**
 * Queues whose keys one command may name together: all of them, or on Cluster those in one slot. BullMQ on Cluster needs a hash
 * tag, in the prefix (`{bull}`: one slot for all) or in the queue's name.
 */
export function groupBySlot(link: RedisLink, queues: string[]): string[][] {
  if (!link.isCluster) return queues.length === 0 ? [] : [queues];
  const groups = new Map<number, string[]>();
  for (const queue of queues) {
    const slot = slotOf(link.base(queue));
    groups.set(slot, [...(groups.get(slot) ?? []), queue]);
  }
  return [...groups.values()];
}

/** Redis Cluster: CRC16 (XMODEM) of what stands in the first {…}, or of the whole key, modulo 16384. */
export function slotOf(key: string): number {
  const open = key.indexOf('{');
  const close = open === -1 ? -1 : key.indexOf('}', open + 1);
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key;
  let crc = 0;
  for (const byte of Buffer.from(hashed)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc % 16_384;
}
