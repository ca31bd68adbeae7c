import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildSpec } from './children';

export interface Wiring {
  root: string;
  mode: 'start' | 'dev';
  host: string;
  port: number;
  graceMs: number;
  env: NodeJS.ProcessEnv;
}

/** One process: our server around Next, or in development `next` itself, without npm and a shell above it. */
export function describeWeb({ root, mode, host, port, env }: Wiring): ChildSpec {
  const origin = formatOrigin(host, port);
  return {
    label: 'The web server',
    args:
      mode === 'dev'
        ? [path.join(root, 'node_modules/next/dist/bin/next'), 'dev', '-p', String(port), '-H', host]
        : [path.join(root, 'dist/web.mjs')],
    env: { ...env, PORT: String(port), HOST: host },
    cwd: root,
    stopTimeoutMs: 5_000,
    isNoise: (line) =>
      /^\s*(▲ Next\.js|- (Local|Network|Environments):|✓ (Starting|Ready|Running))/.test(stripColors(line)),
    async waitUntilReady(_child, signal) {
      while (!(await isHealthy(origin, signal))) await sleep(40, undefined, { signal });
    },
  };
}

/** The worker says `{ type: 'ready' }` over IPC; it has its grace to end, and a little to say so. */
export function describeWorker(wiring: Wiring): ChildSpec {
  return {
    label: 'The worker',
    args: workerArgs(wiring),
    env: wiring.env,
    cwd: wiring.root,
    stopTimeoutMs: wiring.graceMs + 5_000,
    waitUntilReady: waitForReadyMessage,
  };
}

/** The same program in another role: what it does goes on in the store, so it needs no grace. */
export function describeMonitor(wiring: Wiring): ChildSpec {
  return {
    label: 'The monitor',
    args: [...workerArgs(wiring), 'monitor'],
    env: wiring.env,
    cwd: wiring.root,
    stopTimeoutMs: 5_000,
    waitUntilReady: waitForReadyMessage,
  };
}

function workerArgs({ root, mode }: Wiring): string[] {
  return mode === 'dev'
    ? ['--import', 'tsx', path.join(root, 'worker/main.ts')]
    : ['--enable-source-maps', path.join(root, 'dist/worker.mjs')];
}

export function formatOrigin(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function waitForReadyMessage(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if ((message as { type?: unknown } | null)?.type === 'ready') resolve();
    });
  });
}

async function isHealthy(origin: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/api/v1/healthz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function stripColors(line: string): string {
  return line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
}
