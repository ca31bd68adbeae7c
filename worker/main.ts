import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBackend } from '@/lib/backends/registry';
import { type Env, EnvError, loadEnv, type SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { openStore, type Store } from '@/lib/store/store';
import { startDemo } from './demo/start-demo';
import { sweepParts } from './export/part-file';
import { startPruning } from './monitor/prune';
import { startOperations } from './monitor/run-operations';
import { TASKS } from './registry';
import { slotsOf, startWorker } from './run-worker';

/** Each running task may hold a transaction and an effect's row at once. */
const STORE_CONNECTIONS = Math.min(50, 4 + 2 * TASKS.reduce((sum, task) => sum + slotsOf([task]), 0));

const READY_WITHOUT_BROKER_MS = 5_000;

/**
 * The worker process. Ready: `{ type: 'ready' }` over IPC. Ends after its grace on SIGTERM, SIGINT or when the launcher goes
 * (IPC disconnect); a second signal cuts the grace short. Exit codes: 0, 1 when something may be left locked, 2 bad configuration.
 */
async function main(): Promise<void> {
  const env = loadEnv();
  const [source] = env.sources;
  if (source === undefined || env.databaseUrl === null) throw new EnvError(describeMissing(env));
  log.level = env.logLevel;
  const stopping = new AbortController();
  const stopped = onceToldToStop(stopping);
  const store = openStore(env.databaseUrl, { max: STORE_CONNECTIONS });
  await openSideShows(env, source, store, stopping.signal);
  const starting = startWorker({ env, store, source, tasks: TASKS });
  startPruning(store, stopping.signal);
  void startOperations(env, stopping.signal).catch((error: Error) =>
    log.error({ err: error }, 'operations do not run in this process'),
  );
  // A broker that is away now is waited for; until then the process is up, and has nothing to give back when it is stopped.
  await Promise.race([starting, stopped, sleep(READY_WITHOUT_BROKER_MS)]);
  process.send?.({ type: 'ready' });

  const hurry = await stopped;
  const worker = await Promise.race([starting, sleep(0, null)]);
  const clean = worker === null || (await worker.stop(env.graceMs, hurry));
  process.exit(clean ? 0 : 1);
}

/** What work does not depend on: the half files of dead processes go, and the demo comes, where it is wanted. Never rejects. */
async function openSideShows(env: Env, source: SourceConfig, store: Store, signal: AbortSignal): Promise<void> {
  const warn = (what: string) => (error: Error) => log.warn({ err: error.message }, what);
  for (const folder of ['exports', 'outbox'])
    void sweepParts(path.join(env.home, folder)).catch(warn('half files of earlier runs were not removed'));
  const open = () => openBackend(source, { role: 'worker' });
  await startDemo({ env, source, store, openBackend: open, signal }).catch(warn('the demo did not start'));
}

/** Resolves at the first signal, with a signal that aborts at the next one. */
function onceToldToStop(stopping: AbortController): Promise<AbortSignal> {
  const hurry = new AbortController();
  return new Promise((resolve) => {
    const stop = () => {
      if (stopping.signal.aborted) return hurry.abort();
      stopping.abort();
      resolve(hurry.signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.once('disconnect', () => {
      if (!stopping.signal.aborted) stop();
    });
  });
}

function describeMissing(env: Env) {
  return [
    ...(env.sources.length === 0
      ? [{ path: 'QUEUEDECK_SOURCES', message: 'names no broker; `npm start` brings one' }]
      : []),
    ...(env.databaseUrl === null ? [{ path: 'DATABASE_URL', message: 'names no store; `npm start` brings one' }] : []),
  ];
}

main().catch((error: unknown) => {
  if (error instanceof EnvError) {
    for (const problem of error.problems) process.stderr.write(`${problem.path}: ${problem.message}\n`);
    process.exit(2);
  }
  log.fatal({ err: (error as Error).message }, 'the worker could not start');
  process.exit(1);
});
