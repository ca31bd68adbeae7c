import type { WorkerConnection } from '../redis/client-list';
import type { Query } from './connection';

/** PostgreSQL keeps this much of an application_name. */
const NAME_BYTES = 63;
const WORKER_NAME = ':w:';

/** A BullMQ worker names one session of its own `<queue>` or `<queue>:w:<worker>`; the queue is found among those that exist. */
export async function listWorkerSessions(query: Query, queueNames: string[]): Promise<WorkerConnection[]> {
  const sessions = await query<{ application_name: string; address: string }>(
    `SELECT application_name, COALESCE(host(client_addr) || ':' || client_port, 'session ' || pid) AS address
       FROM pg_stat_activity
      WHERE datname = current_database() AND application_name <> '' AND application_name NOT LIKE 'queuedeck:%'
      ORDER BY backend_start, pid`,
  );
  const split = indexNames(queueNames);
  return sessions.flatMap(({ application_name, address }) => {
    const found = split(application_name);
    return found ? { ...found, address } : [];
  });
}

type Named = Pick<WorkerConnection, 'queue' | 'name'>;

function indexNames(queueNames: string[]): (applicationName: string) => Named | null {
  const byName = new Map(queueNames.map((name) => [cutName(name), name]));
  const byWorkerName = new Map(queueNames.map((name) => [cutName(`${name}${WORKER_NAME}`), name]));
  return (applicationName) => {
    const exact = byName.get(applicationName) ?? byWorkerName.get(applicationName);
    if (exact !== undefined) return { queue: exact, name: null };
    let at = applicationName.lastIndexOf(WORKER_NAME);
    for (; at > 0; at = applicationName.lastIndexOf(WORKER_NAME, at - 1)) {
      const queue = byName.get(applicationName.slice(0, at));
      if (queue !== undefined) return { queue, name: applicationName.slice(at + WORKER_NAME.length) };
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
