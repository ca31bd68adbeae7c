import type { Cancelled, CancelOrder, CancelState, QueueBackend, SourceFacts } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { SourceConfig } from '@/lib/env';
import { orderWorker } from './control/order-worker';
import { postgresControl } from './control/postgres';
import { type ControlChannel, readBeats, readCancel, requestCancel } from './control/protocol';
import { openPostgresFlows } from './flows/postgres';
import { promoteJob, removeBeforeStart } from './postgres/actions';
import { addJobs } from './postgres/add';
import { describeAway, describeRefusal, IncompatibleBrokerError } from './postgres/away';
import { openPostgresBulk } from './postgres/bulk/bulk-jobs';
import { openPostgresConnection, type PostgresConnection } from './postgres/connection';
import {
  addLogs,
  clearLogs,
  duplicateJob,
  editData,
  prioritize,
  reschedule,
  retryJob,
  setProgress,
  undeduplicate,
} from './postgres/edit-jobs';
import { FiguresReader } from './postgres/figures';
import { inspectPostgres } from './postgres/inspect';
import { readJob, readLogs, readPayload } from './postgres/job';
import { readMotion, readStanding } from './postgres/motion';
import { pauseQueue, resumeQueue } from './postgres/pause-queue';
import { readMeta, readRateLimit, setMeta, setRateLimit } from './postgres/queue-settings';
import { listQueueNames, queueExists } from './postgres/queues';
import { removeChildren, removeJob } from './postgres/remove-jobs';
import { PostgresRights } from './postgres/rights';
import { listRows } from './postgres/rows';
import { cleanQueue, drainQueue, obliterateQueue } from './postgres/sweep-queue';
import { tailEvents } from './postgres/tail';
import { listWorkerSessions } from './postgres/workers';
import { openPostgresRecording } from './recording/postgres';
import { joinWorkers } from './redis/list-workers';
import { openPostgresSchedulers } from './schedulers/postgres';

export interface PostgresBackendOptions {
  /** Sessions of the pool; the live tail has one more of its own. */
  maxConnections?: number;
}

/** BullMQ's PostgreSQL schema, read with SQL of our own and changed by BullMQ's functions. Connects when first asked. */
export function openPostgresBackend(config: SourceConfig, options: PostgresBackendOptions = {}): QueueBackend {
  const connection = openPostgresConnection(config, options.maxConnections ?? 6);
  const { query } = connection;
  const figures = new FiguresReader(query);
  const rights = new PostgresRights(config.schema, connection.bare);
  const control = postgresControl(connection.bare, config.schema);
  const readFacts = factsReader(connection, rights);
  const closing = new AbortController();

  const listWorkers = async () => {
    const beats = connection.run(() => readBeats(control));
    const sessions = listQueueNames(query).then((names) => listWorkerSessions(query, names));
    return joinWorkers(config.name, ...(await Promise.all([beats, sessions])));
  };

  return {
    kind: 'bullmq-postgres',
    name: config.name,
    cannot: CANNOT,
    facts: readFacts,
    queueNames: () => listQueueNames(query),
    snapshot: async () => {
      await learnRights(connection, rights);
      if (rights.blocking !== null) throw new CodedError('broker_refused', rights.blocking);
      return figures.snapshot();
    },
    hasQueue: (queue) => queueExists(query, queue),
    listJobs: (queue, state, position, limit) => listRows(query, queue, state, position, limit),
    getJob: (queue, id, maxPayloadBytes) => readJob(query, queue, id, maxPayloadBytes),
    readPayload: (queue, id, field) => readPayload(query, queue, id, field),
    getLogs: (queue, id, from, limit) => readLogs(query, queue, id, from, limit),
    addJobs: (queue, jobs) => addJobs(connection, queue, jobs),
    listWorkers,
    events: (signal) => tailEvents(connection.connectDedicated, AbortSignal.any([signal, closing.signal])),
    pause: (queue) => pauseQueue(connection, queue),
    resume: (queue) => resumeQueue(connection, queue),
    retry: (queue, id, options) => retryJob(connection, queue, id, options),
    promote: (queue, id) => promoteJob(connection, queue, id),
    remove: (queue, id, children = true) => removeJob(connection, queue, id, children),
    duplicate: (queue, id, newId, once) =>
      duplicateJob(connection, queue, id, newId, once && { id: once.id, ttl: once.ttlMs }),
    editData: (queue, id, dataText) => editData(connection, queue, id, dataText),
    prioritize: (queue, id, priority, lifo) => prioritize(connection, queue, id, priority, lifo),
    reschedule: (queue, id, runAt) => reschedule(connection, queue, id, runAt),
    setProgress: (queue, id, progress) => setProgress(connection, queue, id, progress),
    addLogs: (queue, id, lines) => addLogs(connection, queue, id, lines),
    clearLogs: (queue, id, keep) => clearLogs(connection, queue, id, keep),
    undeduplicate: (queue, id) => undeduplicate(connection, queue, id),
    removeChildren: (queue, id) => removeChildren(connection, queue, id),
    drain: (queue, delayed, bounds) => drainQueue(connection, queue, delayed, bounds),
    clean: (queue, order, bounds) => cleanQueue(connection, queue, order, bounds),
    obliterate: (queue, bounds) => obliterateQueue(connection, queue, bounds),
    setConcurrency: (queue, concurrency) => setMeta(connection, queue, { concurrency }),
    setRateLimit: (queue, limit) => setRateLimit(connection, queue, limit),
    readRateLimit: (queue) => readRateLimit(connection, queue),
    readMeta: (queue) => readMeta(connection, queue),
    cancel: (queue, id, order) => cancelJob(connection, control, queue, id, order),
    cancelState: (queue, id) => connection.run(() => readCancelState(control, queue, id)),
    orderWorker: (id, wish) =>
      connection.run(() =>
        orderWorker(control, async () => (await listWorkers()).some((worker) => worker.id === id), id, wish),
      ),
    inspect: async () => {
      const { queues } = await figures.snapshot();
      return inspectPostgres(query, new Map(queues.map(({ name, counts }) => [name, counts])));
    },
    motion: (queue) => readMotion(query, queue),
    standing: (queue, id) => readStanding(query, queue, id),
    flows: openPostgresFlows(connection),
    schedulers: openPostgresSchedulers(connection),
    cost: () => connection.readCost(),
    bulk: openPostgresBulk(connection, config.schema),
    recording: openPostgresRecording({
      query,
      queueNames: () => listQueueNames(query),
      connectDedicated: connection.connectDedicated,
      closing: closing.signal,
    }),
    close: async () => {
      closing.abort();
      await connection.close();
    },
  };
}

const CANNOT = {
  'queue.remove-orphans': 'On PostgreSQL a job is one row with its state: it cannot be orphaned.',
  'queue.trim-events': 'BullMQ trims its events on PostgreSQL by itself and offers no way to do it.',
};

function factsReader(connection: PostgresConnection, rights: PostgresRights): () => Promise<SourceFacts> {
  let status: SourceFacts['status'] = 'connecting';
  let since: string | null = null;
  let version: string | null = null;
  const become = (next: SourceFacts['status']) => {
    if (next === status) return;
    status = next;
    since = new Date().toISOString();
  };
  return async () => {
    const startedAt = performance.now();
    const known = { backend: 'bullmq-postgres' as const, memory: null };
    try {
      const [row] = await connection.probe<{ version: string }>(`SELECT current_setting('server_version') AS version`);
      const latencyMs = Math.round((performance.now() - startedAt) * 100) / 100;
      // "15.4 (Debian 15.4-1)": the distribution's part is left out.
      version = `PostgreSQL ${row?.version.split(' ')[0] ?? ''}`.trim();
      await learnRights(connection, rights);
      const { missing: missingRights, blocking: reason } = rights;
      become(reason === null ? 'up' : 'restricted');
      return { ...known, version, status, reason, since, latencyMs, missingRights };
    } catch (error) {
      const refusal = describeRefusal(error);
      if (refusal !== null) await rights.check().catch(() => undefined);
      become(error instanceof IncompatibleBrokerError ? 'incompatible' : refusal === null ? 'down' : 'restricted');
      const reason = refusal === null ? describeAway(error) : (rights.blocking ?? refusal);
      return { ...known, version, status, reason, since, latencyMs: null, missingRights: rights.missing };
    }
  };
}

/** What a role may not do that may not even enter the schema, the catalog tells all the same. */
async function learnRights(connection: PostgresConnection, rights: PostgresRights): Promise<void> {
  try {
    await connection.run(() => rights.check());
  } catch (error) {
    if (describeRefusal(error) === null) throw error;
    await rights.check();
  }
}

async function cancelJob(
  connection: PostgresConnection,
  control: ControlChannel,
  queue: string,
  id: string,
  order: CancelOrder,
): Promise<Cancelled> {
  const taken = await removeBeforeStart(connection, queue, id);
  if (taken.kind !== 'active') return taken;
  const asked = await connection.run(() => requestCancel(control, { queue, id, ...order }));
  if (asked.kind !== 'finished') return asked;
  // It ended between the two steps; the first one now tells how.
  const again = await removeBeforeStart(connection, queue, id);
  return again.kind === 'active' ? { kind: 'requested', acknowledged: false, workerBeats: null } : again;
}

async function readCancelState(control: ControlChannel, queue: string, id: string): Promise<CancelState | null> {
  const record = await readCancel(control, queue, id);
  if (record === null) return null;
  const { by, reason, at, acknowledgedAt } = record;
  return { by, reason, at, acknowledgedAt };
}
