import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Under `npm start` the process that a person sees, and may kill, is npm; npm killed by -9 tells nobody. When it is gone, which shows in who the parent of its
 * shell (or of this process) is, this process ends as if it had been told to. Started without npm, nothing is watched.
 */
export function followNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const above = readParent(shell);
  const watched = isNpm(shell)
    ? [[process.pid, shell]]
    : above && isNpm(above)
      ? [
          [process.pid, shell],
          [shell, above],
        ]
      : [];
  if (watched.length === 0) return;
  const timer = setInterval(() => {
    if (watched.every(([child, parent]) => readParent(child) === parent)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 1_000);
  timer.unref();
}

function isNpm(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return /^npm |npm-cli\.js/.test(stdout?.trim() ?? '');
}

/** `null` when there is no such process, or the system does not tell. */
function readParent(pid) {
  if (pid === process.pid) return process.ppid;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    const { stdout, status } = spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : null;
  }
}
