import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { closeApp, openApp } from '@/lib/context';
import type { Env } from '@/lib/env';
import { log } from '@/lib/log';
import { startPruning } from './monitor/prune';
import { recordHistory } from './monitor/record-history';
import { runOperations } from './monitor/run-operations';

const DAY_MS = 86_400_000;

/**
 * The monitor: runs operations, records the history of every source, and drops what was kept long enough, until the signal aborts.
 * Any number may run beside each other: leases in the store give each piece of work to one of them.
 */
export async function runMonitor(env: Env, signal: AbortSignal): Promise<void> {
  const app = openApp(env);
  const { store, sources } = app;
  const owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const { binHours, binMaxBytes, keepDays, keepFailedDays, keepBytes } = env;
  startPruning(store, { days: keepDays, failedDays: keepFailedDays, bytes: keepBytes }, signal);
  const recording = [...sources.values()].map(({ backend }) =>
    recordHistory({ store, backend, owner, keepMs: keepDays * DAY_MS, signal }),
  );
  try {
    const ends = await Promise.allSettled([
      runOperations({ store, sources, binHours, binMaxBytes }, signal),
      ...recording,
    ]);
    for (const end of ends)
      if (end.status === 'rejected') log.error({ err: (end.reason as Error).message }, 'a part of the monitor ended');
  } finally {
    await closeApp(app);
  }
}
