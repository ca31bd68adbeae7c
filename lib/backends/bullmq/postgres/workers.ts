import type { Worker } from '@/lib/contracts/workers';
import { toIso } from '../job-shape';
import type { Query } from './connection';

/** PostgreSQL keeps this much of an application_name. */
const NAME_BYTES = 63;
const WORKER_NAME = ':w:';

interface Session {
  pid: number;
  application_name: string;
  client_addr: string | null;
  client_port: number | null;
  started_ms: number | null;
}

/**
 * A BullMQ worker names one session of its own `<queue>` or `<queue>:w:<worker>`. Whose process it is cannot be told, so of a queue
 * that beating processes serve, as many sessions are taken for theirs, and only those beyond are listed.
 */
export async function listSessions(
  query: Query,
  source: string,
  queueNames: string[],
  beating: Worker[],
): Promise<Worker[]> {
  const sessions = await query<Session>(
    `SELECT pid, application_name, host(client_addr) AS client_addr, client_port,
            (extract(epoch FROM backend_start) * 1000)::float8 AS started_ms
       FROM pg_stat_activity
      WHERE datname = current_database() AND application_name <> '' AND application_name NOT LIKE 'queuedeck:%'
      ORDER BY backend_start, pid`,
  );
  const queueOf = indexNames(queueNames);
  const covered = new Map<string, number>();
  for (const worker of beating.filter((one) => one.status !== 'lost'))
    for (const queue of worker.queues) covered.set(queue, (covered.get(queue) ?? 0) + 1);
  return sessions.flatMap((session) => {
    const queue = queueOf(session.application_name);
    if (queue === null) return [];
    const left = covered.get(queue) ?? 0;
    covered.set(queue, left - 1);
    return left > 0 ? [] : [toSilentWorker(source, queue, session)];
  });
}

function indexNames(queueNames: string[]): (applicationName: string) => string | null {
  const byName = new Map(queueNames.map((name) => [cutName(name), name]));
  const byWorkerName = new Map(queueNames.map((name) => [cutName(`${name}${WORKER_NAME}`), name]));
  return (applicationName) => {
    const exact = byName.get(applicationName) ?? byWorkerName.get(applicationName);
    if (exact !== undefined) return exact;
    for (
      let at = applicationName.lastIndexOf(WORKER_NAME);
      at > 0;
      at = applicationName.lastIndexOf(WORKER_NAME, at - 1)
    ) {
      const found = byName.get(applicationName.slice(0, at));
      if (found !== undefined) return found;
    }
    return null;
  };
}

/** PostgreSQL cuts by bytes, never inside a character. */
function cutName(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= NAME_BYTES) return name;
  let end = NAME_BYTES;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}

function toSilentWorker(source: string, queue: string, session: Session): Worker {
  const address = session.client_addr === null ? null : `${session.client_addr}:${session.client_port}`;
  return {
    source,
    id: `session-${session.pid}`,
    beats: false,
    host: null,
    pid: null,
    queues: [queue],
    slots: null,
    busy: null,
    running: null,
    donePerMinute: null,
    cpu: null,
    memoryBytes: null,
    startedAt: toIso(session.started_ms),
    beatAt: null,
    version: null,
    status: 'up',
    address,
  };
}
