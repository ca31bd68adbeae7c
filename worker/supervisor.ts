import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort, isPortFree } from '@/lib/embedded/free-port';
import { startGuard } from '@/lib/embedded/guard';
import { childEnvironment, type Env, EnvError, loadEnv, type SourceConfig } from '@/lib/env';
import { type KeptChild, keepChild } from './supervisor/children';
import { prepareHome } from './supervisor/home';
import { LaunchError } from './supervisor/launch-error';
import { lockHome } from './supervisor/lock';
import { watchSources } from './supervisor/reload';
import { openServers } from './supervisor/servers';
import { describeMonitor, describeWeb, describeWorker, formatOrigin } from './supervisor/web-and-worker';

/** The process tree behind `npm start` and `npm run dev`: broker and PostgreSQL, then web and worker; ended the other way round. */
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const mode = process.argv[2] === 'dev' ? 'dev' : 'start';
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

const say = (line: string) => process.stderr.write(`queuedeck: ${line}\n`);

/** What to end, in order. Filled as things start, so that an end in the middle of a start ends what there is. */
const tree = { children: [] as KeptChild[], ends: [] as (() => Promise<void> | void)[] };
let ending: Promise<void> | null = null;

async function launch(): Promise<void> {
  const env = loadEnv();
  refuseOpenHost(env.host);
  prepareHome(env.home);
  const guard = startGuard(env.graceMs + 5_000);
  tree.ends.push(() => guard.close());
  const lock = await lockHome(env.home, guard.pid);
  tree.ends.push(() => lock.release());
  const port = await choosePort(env);

  const servers = await openServers(env, guard, say, fail);
  tree.ends.push(() => servers.stop());
  if (ending) return servers.stop();

  const told = { NODE_ENV: mode === 'dev' ? 'development' : 'production', QUEUEDECK_HOME: env.home, ...servers.env };
  const wiring = { root, mode, host: env.host, port, graceMs: env.graceMs, env: childEnvironment(told) } as const;
  const web = keepChild(describeWeb(wiring), guard, say, fail);
  const monitor = keepChild(describeMonitor(wiring), guard, say, fail);
  const worked = loadEnv(wiring.env).sources.filter((source) => source.worker);
  const worker = worked.length > 0 ? [keepChild(describeWorker(wiring), guard, say, fail)] : [];
  tree.children.push(web, ...worker, monitor);
  await Promise.all(tree.children.map((child) => child.ready));
  if (mode === 'dev')
    tree.ends.push(
      watchSources(root, () => {
        for (const child of [...worker, monitor]) child.restart();
      }),
    );
  const url = formatOrigin(env.host, port);
  const parts = `${servers.broker}, store: ${servers.store}, ${describeWorked(worked)}`;
  process.stdout.write(`Queuedeck is at ${url} (${parts}). Ctrl-C stops it.\n`);
  process.send?.({ type: 'ready', url, env: servers.env });
}

/** What our own worker does, since whoever watches a broker must know that nothing is taken from it. */
function describeWorked(worked: SourceConfig[]): string {
  if (worked.length === 0) return 'watching only: no worker of ours';
  return `our worker: on ${worked.map(({ name, embedded }) => (embedded ? 'the embedded broker' : name)).join(', ')}`;
}

function refuseOpenHost(host: string): void {
  if (LOOPBACK.includes(host)) return;
  throw new LaunchError(
    `HOST=${host} is refused: there is no sign-in yet, so Queuedeck listens on 127.0.0.1 only. Leave HOST out, and reach it from elsewhere through an SSH tunnel or a proxy that asks who it is.`,
    2,
  );
}

async function choosePort({ port, host }: Env): Promise<number> {
  if (port === 0) return findFreePort();
  if (await isPortFree(port, host)) return port;
  throw new LaunchError(
    `Port ${port} is taken. Stop what listens there, or start on another one: PORT=${port + 1} npm start`,
  );
}

/** Web and worker first, since they use the others; the second call waits for the first. */
function end(): Promise<void> {
  ending ??= (async () => {
    await Promise.all(tree.children.map((child) => child.stop()));
    for (const step of tree.ends.reverse()) await step();
  })();
  return ending;
}

function fail(error: unknown): void {
  if (ending) return;
  let exitCode = 1;
  if (error instanceof EnvError) {
    exitCode = 2;
    say(`the configuration has ${error.problems.length === 1 ? 'a problem' : `${error.problems.length} problems`}:`);
    for (const problem of error.problems) process.stderr.write(`  ${problem.path}: ${problem.message}\n`);
  } else {
    if (error instanceof LaunchError) exitCode = error.exitCode;
    say(error instanceof Error ? error.message : String(error));
  }
  void end().finally(() => process.exit(exitCode));
}

let signals = 0;
function onSignal(): void {
  signals += 1;
  if (signals === 1) {
    say('stopping. (Once more ends it at once.)');
    void end().finally(() => process.exit(0));
  } else {
    for (const child of tree.children) child.kill();
  }
}

// Started by a test or a bench, which was killed.
process.on('disconnect', () => void end().finally(() => process.exit(0)));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
launch().catch(fail);
