import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { pruneBin } from '@/lib/bin/loads';
import { settleLoads } from '@/lib/bin/settle-loads';
import type { SourceEntry } from '@/lib/context';
import { log } from '@/lib/log';
import type { Engine } from '@/lib/operations/engine/engine';
import { claimOperations } from '@/lib/operations/engine/lease';
import { runOperation } from '@/lib/operations/engine/run-operation';
import type { Store } from '@/lib/store/store';

const LOOK_EVERY_MS = 250;
const MAX_RUNNING = 20;
const PRUNE_EVERY_MS = 15_000;

export interface MonitorOptions {
  store: Store;
  sources: ReadonlyMap<string, SourceEntry>;
  binHours: number;
  binMaxBytes: number;
  /** How long an operation waits for a monitor that died. */
  leaseMs?: number;
}

/**
 * Runs operations until the signal aborts; resolves when all have come to rest. Any number of monitors may run: a lease gives
 * each operation to one of them.
 */
export async function runOperations(options: MonitorOptions, signal: AbortSignal): Promise<void> {
  const engine: Engine = {
    store: options.store,
    sources: options.sources,
    owner: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    leaseMs: options.leaseMs ?? 5_000,
    binHours: options.binHours,
    gates: new Map(),
    signal,
  };
  const running = new Map<string, Promise<void>>();
  const names = [...options.sources].filter(([, { backend }]) => backend.bulk).map(([name]) => name);
  let prunedAt = 0;
  while (!signal.aborted) {
    try {
      const room = MAX_RUNNING - running.size;
      const rows =
        room > 0
          ? await claimOperations(engine.store, engine.owner, engine.leaseMs, names, room, [...running.keys()])
          : [];
      for (const row of rows) {
        running.set(
          row.id,
          runOperation(engine, row).finally(() => running.delete(row.id)),
        );
      }
      if (Date.now() - prunedAt > PRUNE_EVERY_MS) {
        prunedAt = Date.now();
        await pruneBin(engine.store, options.binMaxBytes);
        await settleLoads(engine.store, options.sources);
      }
    } catch (error) {
      log.debug({ err: (error as Error).message }, 'operations not looked at');
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  await Promise.allSettled(running.values());
}
