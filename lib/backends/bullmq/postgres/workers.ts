import type { WorkerConnection } from '../redis/client-list';
import type { Query } from './connection';

/** PostgreSQL keeps this much of an application_name. */
export const SHOWN_NAME_BYTES = 63;
const WORKER_NAME = ':w:';

/**
 * A BullMQ worker names one session of its own `<queue>` or `<queue>:w:<worker>`; the queue is found among those that exist. Sessions
 * that `leaveOut` knows by their whole name are not told.
 */
export async function listWorkerSessions(
  query: Query,
  queueNames: string[],
  leaveOut: (shown: string) => boolean = () => false,
): Promise<WorkerConnection[]> {
  const sessions = await query<{ application_name: string; address: string }>(
    `SELECT application_name, COALESCE(host(client_addr) || ':' || client_port, 'session ' || pid) AS address
       FROM pg_stat_activity
      WHERE datname = current_database() AND application_name <> '' AND application_name NOT LIKE 'queuedeck:%'
      ORDER BY backend_start, pid`,
  );
  const split = indexNames(queueNames);
  return sessions.flatMap(({ application_name, address }) => {
    const found = leaveOut(application_name) ? null : split(application_name);
    return found ? { ...found, address } : [];
  });
}

type Named = Pick<WorkerConnection, 'queue' | 'name'>;

function indexNames(queueNames: string[]): (applicationName: string) => Named | null {
  const byName = new Map(queueNames.flatMap((name) => shownNames(name).map((shown) => [shown, name])));
  const byWorkerName = new Map(
    queueNames.flatMap((name) => shownNames(`${name}${WORKER_NAME}`).map((shown) => [shown, name])),
  );
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

/** PostgreSQL shows ASCII alone: other bytes as `\xc3` from version 16 on and as `?` before; then it cuts. */
export function shownNames(name: string): string[] {
  const bytes = [...Buffer.from(name)];
  const isPlain = (byte: number) => byte >= 32 && byte < 127;
  const escapes = [(byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`, () => '?'];
  return escapes.map((escapeByte) =>
    bytes
      .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : escapeByte(byte)))
      .join('')
      .slice(0, SHOWN_NAME_BYTES),
  );
}
