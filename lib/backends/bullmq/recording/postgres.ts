import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import {
  moveCursor,
  type RecordBatch,
  type RecordCursor,
  type RecordingMethods,
  type RecordOptions,
} from '@/lib/backends/recording';
import { endClient } from '../postgres/client-stream';
import type { Query } from '../postgres/connection';
import { CostMeter, meterQuery } from './meter';
import { PostgresFieldReader } from './postgres-fields';
import { PostgresRecord } from './postgres-record';
import { readTotals, sweepFields } from './postgres-sweep';

const RETRY_MAX_MS = 2_000;

export interface PostgresRecordingPorts {
  query: Query;
  queueNames(): Promise<string[]>;
  connectDedicated(): Promise<pg.Client>;
  /** Ends what still reads when the backend is closed. */
  closing: AbortSignal;
}

/** What the history is made of, on BullMQ's PostgreSQL schema. */
export function openPostgresRecording(ports: PostgresRecordingPorts): RecordingMethods {
  const { closing } = ports;
  const meter = new CostMeter();
  const query = meterQuery(ports.query, meter);
  const fields = new PostgresFieldReader(query);
  const sweep = { query, fields };
  return {
    record: (cursor, options) =>
      recordEvents(ports, fields, meter, cursor, {
        ...options,
        signal: AbortSignal.any([options.signal, closing]),
      }),
    sweepFields: (queue, state, fromMs, position, choose) => sweepFields(sweep, queue, state, fromMs, position, choose),
    readFields: (queue, ids) =>
      fields.read(
        ids.map((id) => ({ queue, id, set: 'whole' })),
        true,
      ),
    hasJobs: async (queue, ids) => {
      const rows = await query<{ id: string }>('SELECT id FROM job WHERE queue = $1 AND id = ANY($2::text[])', [
        queue,
        ids,
      ]);
      const found = new Set(rows.map(({ id }) => id));
      return ids.map((id) => found.has(id));
    },
    readTotals: (queue) => readTotals(sweep, queue),
    cost: () => meter.read(),
  };
}

async function* recordEvents(
  { connectDedicated, queueNames }: PostgresRecordingPorts,
  fields: PostgresFieldReader,
  meter: CostMeter,
  from: RecordCursor | null,
  options: RecordOptions,
): AsyncGenerator<RecordBatch> {
  const { signal } = options;
  let cursor = from;
  for (let failures = 0; !signal.aborted; failures += 1) {
    let client: pg.Client | null = null;
    const close = () => client && endClient(client);
    try {
      client = await connectDedicated();
      signal.addEventListener('abort', close, { once: true });
      const record = new PostgresRecord({ client, fields, meter, queueNames }, cursor, options);
      await record.listen();
      while (!signal.aborted) {
        const batch = await record.next();
        failures = 0;
        cursor = moveCursor(cursor, batch.cursor);
        yield batch;
      }
    } catch {
      if (signal.aborted) return;
      await sleep(Math.min(100 * 2 ** failures, RETRY_MAX_MS), undefined, { signal }).catch(() => undefined);
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }
}
