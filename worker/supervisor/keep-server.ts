import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '@/lib/embedded/process-alive';
import { LaunchError } from './launch-error';

interface Running {
  pid: number;
  port: number;
  child: ChildProcess | null;
}

export interface KeptServer {
  readonly port: number;
  stop(): Promise<void>;
}

interface KeepOptions<Server extends Running> {
  /** As it stands in sentences: `The embedded Redis`. */
  label: string;
  first: Server;
  /** Starts it again; must come up on the same port, since others hold its address. */
  start(port: number): Promise<Server>;
  stop(server: Server): Promise<void>;
  say(line: string): void;
  fail(error: LaunchError): void;
}

const RESTARTS_PER_MINUTE = 5;

/** Watches a server, ours or adopted, and starts it again when it ends by itself; five times in a minute is too often. */
export function keepServer<Server extends Running>(options: KeepOptions<Server>): KeptServer {
  const { label, start, stop, say, fail } = options;
  let server = options.first;
  let stopping = false;
  const restarts: number[] = [];

  const revive = async () => {
    if (stopping) return;
    restarts.push(Date.now());
    const recent = restarts.filter((at) => at > Date.now() - 60_000).length;
    if (recent > RESTARTS_PER_MINUTE)
      return fail(new LaunchError(`${label} keeps ending (${recent} times in a minute).`));
    say(`${label} ended; starting it again.`);
    try {
      if (recent > 1) await sleep(200 * 2 ** recent);
      if (stopping) return;
      const { port } = server;
      server = await start(port);
      if (server.port !== port)
        return fail(new LaunchError(`${label}: its port ${port} was taken meanwhile. Start again.`));
      onEnd(server, revive);
    } catch (error) {
      fail(new LaunchError((error as Error).message));
    }
  };
  onEnd(server, revive);

  return {
    get port() {
      return server.port;
    },
    async stop() {
      stopping = true;
      await stop(server);
    },
  };
}

function onEnd(server: Running, run: () => void): void {
  if (server.child) {
    if (server.child.exitCode !== null || server.child.signalCode !== null) run();
    else server.child.once('exit', run);
    return;
  }
  const timer = setInterval(() => {
    if (isAlive(server.pid)) return;
    clearInterval(timer);
    run();
  }, 500);
  timer.unref();
}
