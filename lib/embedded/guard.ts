import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads `add <pid> <signal>` and `del <pid>` from its standard input. The kernel closes that pipe when the process that holds its
 * other end ends in whatever way, -9 included; then everything still on the list is stopped: negative ids (process groups: those who use the
 * servers) first, for at most $1 tenths of a second, then the servers. POSIX sh, because it is everywhere and weighs 1 MB.
 */
const SCRIPT = `
trap '' INT TERM HUP
runs() {
  kill -s 0 "$1" 2>/dev/null || return 1
  [ -r "/proc/$1/stat" ] || return 0
  read -r stat < "/proc/$1/stat" || return 1
  case "\${stat##*)}" in ' Z'*) return 1;; esac
}
list=
while read -r verb pid signal; do
  kept=
  for entry in $list; do [ "\${entry%%:*}" = "$pid" ] || kept="$kept $entry"; done
  list=$kept
  [ "$verb" = add ] && list="$list $pid:$signal"
done
for entry in $list; do case $entry in -*) kill -s "\${entry##*:}" -- "\${entry%%:*}" 2>/dev/null;; esac; done
left=$1
while [ "$left" -gt 0 ]; do
  busy=
  for entry in $list; do case $entry in -*) pid=\${entry%%:*}; runs "\${pid#-}" && busy=1;; esac; done
  [ -z "$busy" ] && break
  sleep 0.1
  left=$((left - 1))
done
for entry in $list; do case $entry in -*) kill -s KILL -- "\${entry%%:*}" 2>/dev/null;; *) kill -s "\${entry##*:}" "\${entry%%:*}" 2>/dev/null;; esac; done
`;

export interface Guard {
  readonly pid: number;
  /** Stop `pid` by `signal` when this process dies; a negative id is a process group, stopped before the others. */
  add(pid: number, signal: 'TERM' | 'INT' | 'KILL'): void;
  remove(pid: number): void;
  /** Ends the guard; what is still on its list is stopped. */
  close(): void;
}

/** A watchdog that outlives this process just long enough to stop what it started. `graceMs`: what process groups get before they are killed. */
export function startGuard(graceMs: number): Guard {
  const listed = new Map<number, string>();
  let child = spawnGuard(graceMs);
  let closed = false;

  const respawn = () => {
    if (closed) return;
    child = spawnGuard(graceMs);
    child.once('exit', respawn);
    for (const [pid, signal] of listed) child.stdin?.write(`add ${pid} ${signal}\n`);
  };
  child.once('exit', respawn);

  return {
    get pid() {
      return child.pid ?? 0;
    },
    add(pid, signal) {
      listed.set(pid, signal);
      child.stdin?.write(`add ${pid} ${signal}\n`);
    },
    remove(pid) {
      listed.delete(pid);
      child.stdin?.write(`del ${pid}\n`);
    },
    close() {
      closed = true;
      child.stdin?.end();
    },
  };
}

function spawnGuard(graceMs: number): ChildProcess {
  const tenths = String(Math.ceil(graceMs / 100));
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'queuedeck-guard', tenths], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // A guard that is killed closes the pipe under a pending write; the respawn above writes the whole list again.
  child.stdin?.on('error', () => {});
  child.on('error', () => {});
  child.unref();
  // The pipe must not keep an otherwise finished process alive.
  (child.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return child;
}
