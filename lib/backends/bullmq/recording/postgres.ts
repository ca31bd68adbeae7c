import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import {
  moveCursor,
  type RecordBatch,
  type RecordCursor,
  type RecordingMethods,
  type RecordOptions,
} from '@/lib/backends/recording';
import { describeRefusal } from '../postgres/away';
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

/** While nothing may be read: that the record goes on, and how far behind it is. */
function idle(why: string, sinceMs: number, queues: readonly string[]): RecordBatch {
  const cursor = { base: null, queues: new Map<string, null>() };
  const odd = [{ queue: '', why }];
  return {
    events: [],
    resumed: [],
    fields: [],
    cursor,
    queues,
    gaps: [],
    odd,
    more: true,
    lagMs: Date.now() - sinceMs,
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
  let refusedSince: number | null = null;
  let queues: readonly string[] = [...(from?.queues.keys() ?? [])];
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
        refusedSince = null;
        queues = batch.queues;
        cursor = moveCursor(cursor, batch.cursor);
        yield batch;
      }
    } catch (error) {
      if (signal.aborted) return;
      const refusal = describeRefusal(error);
      if (refusal !== null) {
        refusedSince ??= Date.now();
        yield idle(refusal, refusedSince, queues);
      }
      await sleep(Math.min(100 * 2 ** failures, RETRY_MAX_MS), undefined, { signal }).catch(() => undefined);
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }
}
