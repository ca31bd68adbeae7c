import { FlowProducer, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describeBackend } from '@/lib/backends/conformance';
import type { Broker } from '@/lib/backends/conformance/broker';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { startRedis } from '@/lib/testing/servers';

async function openRedis(): Promise<Broker> {
  const server = await startRedis();
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  connection.on('error', () => undefined);
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void>; on(event: 'error', listener: () => void): unknown }>(one: T): T => {
    opened.push(one);
    one.on('error', () => undefined);
    return one;
  };
  const backend = openBackend(SourceConfig.parse({ name: 'test', url: server.url }), { role: 'web' });
  return {
    backend,
    queue: (name) => keep(new Queue(name, { connection })),
    worker: (name, run, options) => keep(new Worker(name, run, { ...options, connection })),
    flows: () => keep(new FlowProducer({ connection })),
    loseMeta: (queue) => connection.del(`bull:${queue}:meta`),
    freeze: server.freeze,
    thaw: server.thaw,
    kill: server.kill,
    restart: server.restart,
    close: async () => {
      await backend.close();
      await Promise.all(opened.map((one) => one.close()));
      connection.disconnect();
      await server.stop();
    },
  };
}

describeBackend('BullMQ on Redis', openRedis);
