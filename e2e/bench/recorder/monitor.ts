import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { bundleEntry } from '@/e2e/support/bundle';
import type { RecordingMonitorConfig, RecordingMonitorUse } from '@/e2e/support/recording-monitor';
import type { Guard } from '@/lib/embedded/guard';

/** The recorder as production runs it: bundled, in a process of its own. */
export interface Monitor {
  readUse(): Promise<RecordingMonitorUse>;
  stop(): Promise<void>;
}

export async function startMonitor(config: RecordingMonitorConfig, guard: Guard): Promise<Monitor> {
  const file = await bundleEntry('e2e/support/recording-monitor.ts');
  const child: ChildProcess = spawn(process.execPath, [file, JSON.stringify(config)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { pid = 0 } = child;
  guard.add(pid, 'KILL');
  await once(child, 'message');
  return {
    async readUse() {
      child.send({ type: 'use' });
      const [use] = (await once(child, 'message')) as [RecordingMonitorUse];
      return use;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      guard.remove(pid);
      rmSync(file, { force: true });
    },
  };
}
