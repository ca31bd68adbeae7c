import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { openStore } from '@/lib/store/store';
import { runOperations } from '@/worker/monitor/run-operations';

/** What the storm tells this process, as JSON in its first argument. */
export interface MonitorConfig {
  source: { name: string; url: string };
  databaseUrl: string;
}

const { source, databaseUrl } = JSON.parse(process.argv[2] ?? '') as MonitorConfig;
log.level = 'error';
const config = SourceConfig.parse(source);
const backend = openBackend(config, { role: 'web' });
const options = {
  store: openStore(databaseUrl),
  sources: new Map([[config.name, { config, backend }]]),
  binHours: 1,
  binMaxBytes: 1_000_000_000,
  leaseMs: 1_000,
};
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
await runOperations(options, new AbortController().signal);
