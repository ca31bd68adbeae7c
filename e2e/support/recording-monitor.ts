import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { openStore } from '@/lib/store/store';
import { recordHistory } from '@/worker/monitor/record-history';

/** What is told to this process, as JSON in its first argument. */
export interface RecordingMonitorConfig {
  source: { name: string; url: string };
  databaseUrl: string;
  reconcileEveryMs?: number;
}

/** Its answer to any message: what it used since it began. */
export interface RecordingMonitorUse {
  type: 'use';
  cpuMs: number;
  commands: number;
}

const { source, databaseUrl, reconcileEveryMs } = JSON.parse(process.argv[2] ?? '') as RecordingMonitorConfig;
log.level = 'error';
const backend = openBackend(SourceConfig.parse(source), { role: 'web' });
process.once('disconnect', () => process.exit(0));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const use: RecordingMonitorUse = {
    type: 'use',
    cpuMs: (user + system) / 1000,
    commands: backend.recording?.cost().commands ?? 0,
  };
  process.send?.(use);
});
process.send?.({ type: 'ready' });
await recordHistory({
  store: openStore(databaseUrl),
  backend,
  owner: `monitor:${process.pid}`,
  keepMs: 30 * 86_400_000,
  ...(reconcileEveryMs === undefined ? {} : { reconcileEveryMs }),
  signal: new AbortController().signal,
});
