import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RecordBatch, RecordCursor, RecordingMethods, RecordOptions } from '@/lib/backends/recording';
import type { Query } from '../postgres/connection';
import { CostMeter } from './meter';
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
  const { query, closing } = ports;
  const meter = new CostMeter();
  const fields = new PostgresFieldReader(query, meter);
  const sweep = { query, fields, meter };
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
      const from = performance.now();
      const rows = await query<{ id: string }>('SELECT id FROM job WHERE queue = $1 AND id = ANY($2::text[])', [
        queue,
        ids,
      ]);
      meter.spend(performance.now() - from);
      meter.add('select', 1, ids, rows);
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
    const close = () => endClient(client);
    try {
      client = await connectDedicated();
      signal.addEventListener('abort', close, { once: true });
      const record = new PostgresRecord({ client, fields, meter, queueNames }, cursor, options);
      await record.listen();
      while (!signal.aborted) {
        const batch = await record.next();
        failures = 0;
        cursor = batch.cursor;
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

function endClient(client: pg.Client | null): void {
  if (!client) return;
  client.end().catch(() => undefined);
  // `end` waits for an answer, which a server that hangs never gives.
  const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } };
  setTimeout(() => connection?.stream?.destroy(), 500).unref();
}
