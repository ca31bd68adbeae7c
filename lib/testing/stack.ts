import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childEnvironment } from '@/lib/env';

export interface StackOptions {
  /** Over the defaults below; an empty string unsets. */
  env?: Record<string, string>;
  /** Kept and reused when given; a new one, deleted at the end, otherwise. */
  home?: string;
  /** Everything that the processes say; nowhere when absent. */
  onOutput?(text: string): void;
}

/** The whole product, from the production build, behind a supervisor of its own. */
export interface Stack {
  /** The web's origin. */
  url: string;
  home: string;
  /** The supervisor. */
  pid: number;
  /** What the supervisor told web and worker: QUEUEDECK_SOURCES and DATABASE_URL, where they are embedded. */
  told: Record<string, string>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL of the supervisor alone. */
  kill(): Promise<void>;
}

/** Nothing of the developer's own configuration, and no demo traffic: a test sees what it enqueues. */
const DEFAULTS = {
  PORT: '0',
  HOST: '127.0.0.1',
  QUEUEDECK_DEMO: '0',
  QUEUEDECK_GRACE: '2',
  QUEUEDECK_WEBHOOK_ALLOW: '127.0.0.1',
  QUEUEDECK_SOURCES: '',
  REDIS_URL: '',
  QUEUEDECK_WORKER: '',
  DATABASE_URL: '',
  SMTP_URL: '',
  LOG_LEVEL: 'warn',
};

/** A temporary folder that root's PostgreSQL, which runs as another user, can pass through: otherwise its data goes elsewhere and stays there. */
export function makeStackHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'queuedeck-stack-'));
  chmodSync(home, 0o711);
  return home;
}

/** Starts the built product (dist/ and the Next build of QUEUEDECK_DIST_DIR) and resolves when it serves; rejects with what it said when it ends before. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const home = options.home ?? makeStackHome();
  const child = spawn(process.execPath, [path.resolve('dist/supervisor.mjs'), 'start'], {
    env: childEnvironment({ ...DEFAULTS, QUEUEDECK_HOME: home, ...options.env }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const forget = () => {
    if (!options.home) rmSync(home, { recursive: true, force: true });
  };
  try {
    const { url, env } = await waitUntilReady(child, options.onOutput);
    return {
      url,
      home,
      pid: child.pid ?? 0,
      told: env,
      async stop() {
        const code = await endBy(child, 'SIGTERM');
        forget();
        return code;
      },
      async kill() {
        await endBy(child, 'SIGKILL');
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

function waitUntilReady(
  child: ChildProcess,
  onOutput?: (text: string) => void,
): Promise<{ url: string; env: Record<string, string> }> {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-8_000);
      onOutput?.(chunk.toString());
    });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The stack ended with code ${code} before it was ready:\n${said}`)));
    child.on('message', (message) => {
      const ready = message as { type?: string; url: string; env: Record<string, string> };
      if (ready.type === 'ready') resolve(ready);
    });
  });
}

function endBy(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
