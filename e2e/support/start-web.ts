import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@/lib/embedded/free-port';
import type { Guard } from '@/lib/embedded/guard';
import { isAlive, sendSignal, waitUntilGone } from '@/lib/embedded/process-alive';

export interface Web {
  port: number;
  url: string;
  pid: number;
  /** Milliseconds from SIGTERM to the end of the process. */
  stop(): Promise<number>;
}

export interface WebOptions {
  sources: readonly { name: string; url: string; prefix?: string }[];
  databaseUrl: string;
  home: string;
  guard: Guard;
  /** A free one is taken when it is not given. */
  port?: number;
}

/** One web process on the production build, as the launcher starts it. Its log is `home`/web.log. */
export async function startWeb(options: WebOptions): Promise<Web> {
  const port = options.port ?? (await findFreePort());
  const logFile = path.join(options.home, 'web.log');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [path.resolve('dist/web.mjs')], {
    stdio: ['ignore', log, log],
    detached: true,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      HOST: '127.0.0.1',
      QUEUEDECK_SOURCES: JSON.stringify(options.sources),
      QUEUEDECK_WORKER: '',
      DATABASE_URL: options.databaseUrl,
      QUEUEDECK_HOME: options.home,
      LOG_LEVEL: 'warn',
    },
  });
  closeSync(log);
  const { pid } = child;
  if (!pid) throw new Error('the web process did not start');
  options.guard.add(pid, 'KILL');
  await waitUntilHealthy(port, pid, logFile);
  const stop = async () => {
    const from = performance.now();
    sendSignal(pid, 'SIGTERM');
    if (!(await waitUntilGone(pid, 10_000))) sendSignal(pid, 'SIGKILL');
    options.guard.remove(pid);
    return performance.now() - from;
  };
  return { port, url: `http://127.0.0.1:${port}`, pid, stop };
}

async function waitUntilHealthy(port: number, pid: number, logFile: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && isAlive(pid)) {
    try {
      const { ok } = await fetch(`http://127.0.0.1:${port}/api/v1/healthz`);
      if (ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(50);
  }
  throw new Error(`the web process did not become healthy: ${readFileSync(logFile, 'utf8').slice(-800)}`);
}
