import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const running = new Set();

// Ctrl-C and an orderly kill reach what runs; it then ends us by its exit.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward);

function forward(signal) {
  if (running.size === 0) process.exit(signal === 'SIGINT' ? 130 : 143);
  for (const child of running) child.kill(signal);
}

/** From here on signals belong to the supervisor that takes over this process. */
export function releaseSignals() {
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, forward);
}

/**
 * Runs a program in the project's folder, or in `cwd`, for `timeout` ms at most. Its output is shown, or with `quiet` only when it fails;
 * with `onOutput` it is handed over. Resolves to the exit code (128 for a signal); rejects when the program does not exist.
 */
export function run(command, args, { env = {}, cwd = root, timeout, quiet = false, onOutput = null } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      timeout,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet || onOutput ? 'pipe' : 'inherit', quiet || onOutput ? 'pipe' : 'inherit'],
    });
    running.add(child);
    const chunks = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (onOutput ? onOutput(chunk) : chunks.push(chunk)));
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      if (quiet && code !== 0) process.stderr.write(Buffer.concat(chunks));
      resolve(code ?? 128);
    });
  });
}

export function runNode(args, options) {
  return run(process.execPath, args, options);
}
