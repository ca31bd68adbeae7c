import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { openStore } from '@/lib/store/store';
import { recordHistory } from '@/worker/monitor/record-history';
import type { MonitorConfig } from './operations-monitor';

const { source, databaseUrl } = JSON.parse(process.argv[2] ?? '') as MonitorConfig;
log.level = 'error';
const backend = openBackend(SourceConfig.parse(source), { role: 'web' });
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
await recordHistory({
  store: openStore(databaseUrl),
  backend,
  owner: `storm:${process.pid}`,
  keepMs: 30 * 86_400_000,
  signal: new AbortController().signal,
});
