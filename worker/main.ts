import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBackend } from '@/lib/backends/registry';
import { type Env, EnvError, loadEnv, type SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { openStore, type Store } from '@/lib/store/store';
import { startDemo } from './demo/start-demo';
import { sweepParts } from './export/part-file';
import { TASKS } from './registry';
import { runMonitor } from './run-monitor';
import { slotsOf, startWorker } from './run-worker';

/** Each running task may hold a transaction and an effect's row at once. */
const connectionsFor = (sources: number) =>
  Math.min(50, 4 + 2 * sources * TASKS.reduce((sum, task) => sum + slotsOf([task]), 0));

const READY_WITHOUT_BROKER_MS = 5_000;

/**
 * The worker process, or with the word `monitor` the monitor. Ready: `{ type: 'ready' }` over IPC. Ends after its grace on SIGTERM, SIGINT, when the launcher goes (IPC
 * disconnect) or by a dashboard's order (whoever keeps it running starts it again); a second telling cuts the grace short. Exit
 * codes: 0, 1 when something may be left locked, 2 bad configuration.
 */
async function main(): Promise<void> {
  const env = loadEnv();
  if (env.sources.length === 0 || env.databaseUrl === null) throw new EnvError(describeMissing(env));
  log.level = env.logLevel;
  const stopping = new AbortController();
  const stop = listenForStop(stopping, env.graceMs);
  if (process.argv[2] === 'monitor') return watch(env, stopping.signal);
  const sources = env.sources.filter((source) => source.worker);
  if (sources.length === 0) throw new EnvError([NOWHERE]);
  const store = openStore(env.databaseUrl, { max: connectionsFor(sources.length) });
  await openSideShows(env, sources, store, stopping.signal);
  const onStop = ({ graceMs, by }: { graceMs: number; by: string }) => {
    log.info({ by, graceMs }, 'told to stop by a dashboard');
    stop.begin(graceMs);
  };
  const starting = sources.map((source) => startWorker({ env, store, source, tasks: TASKS, onStop }));
  // A broker that is away now is waited for; until then the process is up, and has nothing to give back there when it is stopped.
  await Promise.race([Promise.all(starting), stop.told, sleep(READY_WITHOUT_BROKER_MS)]);
  process.send?.({ type: 'ready' });

  const { graceMs, hurry } = await stop.told;
  const ends = starting.map(async (one) => {
    const worker = await Promise.race([one, sleep(0, null)]);
    return worker === null || worker.stop(graceMs, hurry);
  });
  const clean = (await Promise.all(ends)).every(Boolean);
  process.exit(clean ? 0 : 1);
}

/** What it does goes on in the store: it may end at any time. */
async function watch(env: Env, signal: AbortSignal): Promise<never> {
  process.send?.({ type: 'ready' });
  await runMonitor(env, signal);
  process.exit(0);
}

/** What work does not depend on: the half files of dead processes go, and the demo comes, where it is wanted. Never rejects. */
async function openSideShows(env: Env, sources: SourceConfig[], store: Store, signal: AbortSignal): Promise<void> {
  const warn = (what: string) => (error: Error) => log.warn({ err: error.message }, what);
  for (const folder of ['exports', 'outbox'])
    void sweepParts(path.join(env.home, folder)).catch(warn('half files of earlier runs were not removed'));
  const own = sources.find((source) => source.embedded);
  if (own === undefined) return;
  const open = () => openBackend(own, { role: 'worker' });
  await startDemo({ env, source: own, store, openBackend: open, signal }).catch(warn('the demo did not start'));
}

interface Stop {
  /** The first telling: how long running jobs may go on, and a signal that aborts at the next telling. */
  told: Promise<{ graceMs: number; hurry: AbortSignal }>;
  begin(graceMs: number): void;
}

/** By a signal, by the end of the launcher, or by a dashboard's order. */
function listenForStop(stopping: AbortController, graceMs: number): Stop {
  const hurry = new AbortController();
  let begin: Stop['begin'] = () => undefined;
  const told: Stop['told'] = new Promise((resolve) => {
    begin = (ms) => {
      if (stopping.signal.aborted) return hurry.abort();
      stopping.abort();
      resolve({ graceMs: ms, hurry: hurry.signal });
    };
  });
  process.on('SIGTERM', () => begin(graceMs));
  process.on('SIGINT', () => begin(graceMs));
  process.once('disconnect', () => {
    if (!stopping.signal.aborted) begin(graceMs);
  });
  return { told, begin };
}

/** The launcher starts no such process. */
const NOWHERE = { path: 'QUEUEDECK_WORKER', message: 'names no source, so there is nothing for a worker to do' };

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
