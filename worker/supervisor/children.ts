import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from '@/lib/embedded/guard';
import { sendSignal, waitUntilGone } from '@/lib/embedded/process-alive';
import { LaunchError } from './launch-error';

export interface ChildSpec {
  /** As it stands in sentences: `The web server`. */
  label: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Resolves once this start of the child serves; it is asked anew for each start and given up when the child ends. */
  waitUntilReady(child: ChildProcess, signal: AbortSignal): Promise<void>;
  /** Lines of its standard output that nobody needs to see. */
  isNoise?(line: string): boolean;
  /** What it gets between SIGTERM and SIGKILL. */
  stopTimeoutMs: number;
}

export interface KeptChild {
  /** Resolves when it serves for the first time. */
  ready: Promise<void>;
  /** Ends it and starts it again, for reload. */
  restart(): void;
  stop(): Promise<void>;
  kill(): void;
}

const READY_TIMEOUT_MS = 90_000;
const CRASHES_PER_MINUTE = 6;
const CRASHES_BEFORE_FIRST_READY = 3;

/**
 * Runs a Node process and keeps it running. starting → serving → (ended → waits 0.25, 0.5, 1 … 8 s → starting). It is given up, and with it the
 * whole launch, when it ends three times before it has ever served, six times in a minute afterwards, or once by exit code 2 (bad configuration).
 * Each child has its own process group, so that Ctrl-C in a terminal reaches the launcher alone and the order of ending is ours.
 */
export function keepChild(
  spec: ChildSpec,
  guard: Guard,
  say: (line: string) => void,
  fail: (error: LaunchError) => void,
): KeptChild {
  let child: ChildProcess | null = null;
  let stopping = false;
  let served = false;
  let reloading = false;
  let markReady: () => void = () => {};
  const crashes: number[] = [];
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });

  const start = () => {
    const started = spawnChild(spec, guard);
    child = started;
    const over = new AbortController();
    started.once('exit', (code, signal) => {
      over.abort();
      if (started.pid) guard.remove(-started.pid);
      void onExit(code, signal);
    });
    waitWithLimit(spec, started, over.signal).then(
      () => {
        served = true;
        markReady();
      },
      (error: Error) => {
        if (!over.signal.aborted && !stopping) fail(new LaunchError(error.message));
      },
    );
  };

  const onExit = async (code: number | null, signal: NodeJS.Signals | null) => {
    if (stopping) return;
    if (reloading) {
      reloading = false;
      return start();
    }
    if (code === 2) return fail(new LaunchError(`${spec.label} refused its configuration (above).`, 2));
    // A worker that was ordered to stop ends by itself, with 0: no crash.
    if (code !== 0 || !served) crashes.push(Date.now());
    const recent = crashes.filter((at) => at > Date.now() - 60_000).length;
    const how = signal ? `by ${signal}` : `with exit code ${code}`;
    if (recent >= (served ? CRASHES_PER_MINUTE : CRASHES_BEFORE_FIRST_READY))
      return fail(
        new LaunchError(
          `${spec.label} ended ${recent} times in a minute, last ${how}. What it said is above; mend that and start again.`,
        ),
      );
    const waitMs = Math.min(8_000, code === 0 ? 1_000 : 125 * 2 ** recent);
    say(`${spec.label} ended ${how}; starting it again in ${waitMs / 1000} s.`);
    await sleep(waitMs);
    if (!stopping) start();
  };

  start();
  return {
    ready,
    restart() {
      if (!child?.pid || reloading || child.exitCode !== null) return;
      reloading = true;
      sendSignal(-child.pid, 'SIGTERM');
    },
    async stop() {
      stopping = true;
      if (child?.pid) await endGroup(child.pid, spec.stopTimeoutMs);
    },
    kill() {
      stopping = true;
      if (child?.pid) sendSignal(-child.pid, 'SIGKILL');
    },
  };
}

function spawnChild(spec: ChildSpec, guard: Guard): ChildProcess {
  const child = spawn(process.execPath, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child.on('error', () => {});
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = chunk.toString().split('\n');
    const kept = spec.isNoise ? lines.filter((line) => !spec.isNoise?.(line)) : lines;
    const text = kept.join('\n');
    if (text.trim() !== '') process.stdout.write(text);
  });
  if (child.pid) guard.add(-child.pid, 'TERM');
  return child;
}

async function waitWithLimit(spec: ChildSpec, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const timer = sleep(READY_TIMEOUT_MS, undefined, { signal, ref: false }).then(() => {
    throw new Error(`${spec.label} did not get ready within ${READY_TIMEOUT_MS / 1000} s. What it said is above.`);
  });
  await Promise.race([spec.waitUntilReady(child, signal), timer]);
}

async function endGroup(pid: number, timeoutMs: number): Promise<void> {
  sendSignal(-pid, 'SIGTERM');
  if (!(await waitUntilGone(pid, timeoutMs))) sendSignal(-pid, 'SIGKILL');
  await waitUntilGone(pid, 2_000);
  // What the child itself started and left behind (`next dev` does).
  sendSignal(-pid, 'SIGKILL');
}
