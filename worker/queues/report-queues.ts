import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '@/lib/log';
import { cleanText } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import type { Standing } from './kept-queue';

/** Well within the time after which a process that says nothing is taken for gone (lib/sources/read-worker.ts). */
const EVERY_MS = 15_000;
const RETRY_MS = 2_000;
const GOODBYE_MS = 1_000;

export interface QueueReport {
  /** Tells it now rather than at the next turn. */
  soon(): void;
  /** Takes back what was told. Never rejects; waits a second at most for a store that is away. */
  stop(): Promise<void>;
}

/** Tells the web, through the store, what this process does on each queue. A store that is away is tried again; jobs do not wait for it. */
export function reportQueues(store: Store, source: string, standings: () => Standing[]): QueueReport {
  const process = `${hostname()}:${globalThis.process.pid}:${randomUUID().slice(0, 8)}`;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let again = false;
  let writing: Promise<void> | null = null;
  const write = async () => {
    try {
      await writeRows(store, source, process, standings());
      return EVERY_MS;
    } catch (error) {
      log.debug(
        { source, err: (error as Error).message },
        'what is done on the queues could not be told, trying again',
      );
      return RETRY_MS;
    }
  };
  const turn = () => {
    clearTimeout(timer);
    again = false;
    writing = write().then((nextMs) => {
      writing = null;
      if (stopped) return;
      if (again) turn();
      else timer = setTimeout(turn, nextMs).unref();
    });
  };
  const soon = () => {
    again = true;
    if (writing === null && !stopped) turn();
  };
  turn();
  return {
    soon,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      const gone = (async () => {
        await writing;
        await store.query('DELETE FROM queuedeck.worker_queue WHERE source = $1 AND process = $2', [source, process]);
      })();
      await Promise.race([gone.catch(() => undefined), sleep(GOODBYE_MS, undefined, { ref: false })]);
    },
  };
}

async function writeRows(store: Store, source: string, process: string, standings: Standing[]): Promise<void> {
  const rows = standings.map((one) => ({ ...one, reason: cleanText(one.reason) }));
  await store.query(
    `INSERT INTO queuedeck.worker_queue (source, process, queue, state, reason, since)
     SELECT $1, $2, queue, state, reason, to_timestamp(since / 1000)
       FROM jsonb_to_recordset($3::jsonb) AS told (queue text, state text, reason text, since float8)
     ON CONFLICT (source, process, queue) DO UPDATE
     SET state = excluded.state, reason = excluded.reason, since = excluded.since, seen_at = now()`,
    [source, process, JSON.stringify(rows)],
  );
}
