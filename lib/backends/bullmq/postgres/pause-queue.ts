import type { Paused } from '@/lib/backends/changes';
import { timeOf } from '@/lib/iso-time';
import type { PostgresConnection } from './connection';

/** BullMQ's own pause; the event that it writes is found by its transaction. */
export function pauseQueue(connection: PostgresConnection, queue: string): Promise<Paused> {
  return connection.transaction(async (query) => {
    const held = await query(`SELECT 1 FROM meta WHERE queue = $1 AND field = 'paused' FOR UPDATE`, [queue]);
    await query('SELECT pause($1, true)', [queue]);
    const [event] = await query<{ id: string; at: string }>(
      `SELECT id::text, created_at_ms::text AS at FROM event
        WHERE queue = $1 AND event = 'paused' AND xmin = pg_current_xact_id()::xid ORDER BY id DESC LIMIT 1`,
      [queue],
    );
    const at = timeOf(Number(event?.at));
    return { kind: 'done', was: held.length > 0, event: event && at !== null ? { at, seq: Number(event.id) } : null };
  });
}

export async function resumeQueue(connection: PostgresConnection, queue: string): Promise<void> {
  await connection.transaction((query) => query('SELECT pause($1, false)', [queue]));
}
