import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordBatch, RecordCursor, RecordingMethods, RecordOptions } from '@/lib/backends/recording';
import { isRefusal } from '../broker-errors';
import { connectRedis } from '../redis/connect';
import type { SplitKey } from '../redis/get-job';
import type { RedisLink } from '../redis/link';
import { CostMeter } from './meter';
import { RedisFieldReader } from './redis-fields';
import { RedisRecord } from './redis-record';
import { readTotals, sweepFields } from './redis-sweep';
import { runAll } from './run-all';

const RETRY_MAX_MS = 2_000;

export interface RedisRecordingPorts {
  link: RedisLink;
  split: SplitKey;
  queueNames(): Promise<string[]>;
  group(queues: string[]): string[][];
  /** Ends what still reads when the backend is closed. */
  closing: AbortSignal;
}

/** What the history is made of, on Redis, Valkey, Sentinel or Cluster. */
export function openRedisRecording(ports: RedisRecordingPorts): RecordingMethods {
  const { link, split } = ports;
  const meter = new CostMeter();
  const fields = new RedisFieldReader(link, split, meter);
  const sweep = { link, fields, meter };
  return {
    record: (cursor, options) =>
      recordEvents(ports, fields, meter, cursor, {
        ...options,
        signal: AbortSignal.any([options.signal, ports.closing]),
      }),
    sweepFields: (queue, state, fromMs, position, choose) => sweepFields(sweep, queue, state, fromMs, position, choose),
    readFields: (queue, ids) => fields.read(ids.map((id) => ({ queue, id, set: 'whole' as const }))),
    hasJobs: async (queue, ids) => {
      const asked = ids.map((id) => ['exists', link.base(queue) + id]);
      const found = await link.call(async () =>
        (await runAll(link, asked)).map(([error, value]) => {
          if (error) throw error;
          return value;
        }),
      );
      meter.add('exists', asked.length, asked, found);
      return found.map((value) => value === 1);
    },
    readTotals: (queue) => readTotals(sweep, queue),
    cost: () => meter.read(),
  };
}

async function* recordEvents(
  ports: RedisRecordingPorts,
  fields: RedisFieldReader,
  meter: CostMeter,
  cursor: RecordCursor | null,
  options: RecordOptions,
): AsyncGenerator<RecordBatch> {
  const { link, queueNames, group } = ports;
  const { signal } = options;
  const client = link.isCluster ? link.reads : connectRedis(link.config, 'blocking');
  const close = () => {
    if (client !== link.reads) client.disconnect();
  };
  signal.addEventListener('abort', close, { once: true });
  const record = new RedisRecord({ link, client, fields, meter, queueNames, group }, cursor, options);
  try {
    for (let failures = 0; !signal.aborted; ) {
      let batch: RecordBatch;
      try {
        batch = await record.next();
        meter.refresh(() => link.readCommandStats());
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        record.suspectAll();
        if (isRefusal(error)) {
          await link.rights.look();
          yield record.idle(
            link.rights.blocking ?? 'XREAD is refused to the user: no event of the source can be read.',
          );
        }
        await sleep(Math.min(100 * 2 ** failures, RETRY_MAX_MS), undefined, { signal }).catch(() => undefined);
        continue;
      }
      yield batch;
    }
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
