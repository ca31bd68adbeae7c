import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import { type Env, EnvError, loadEnv, type SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { RecordWatch } from '@/lib/queues/health/record/record-watch';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { openStore, type Store } from '@/lib/store/store';

export interface SourceEntry {
  config: SourceConfig;
  backend: QueueBackend;
}

/** What every verb stands on; one per process. */
export interface App {
  env: Env;
  store: Store;
  sources: ReadonlyMap<string, SourceEntry>;
}

/** Nobody waits longer for an answer, so nothing need go on longer for one. */
const STATEMENT_MS = 10_000;

const KEY = Symbol.for('queuedeck.app');
const home = globalThis as { [KEY]?: App };

/** The web process's own App; survives dev reloads. Throws EnvError when the configuration is wrong. */
export function getContext(): App {
  home[KEY] ??= openApp(loadEnv());
  return home[KEY];
}

export function openApp(env: Env): App {
  const missing = [
    ...(env.sources.length === 0
      ? [{ path: 'QUEUEDECK_SOURCES', message: 'names no broker; `npm start` brings one' }]
      : []),
    ...(env.databaseUrl === null ? [{ path: 'DATABASE_URL', message: 'names no store; `npm start` brings one' }] : []),
  ];
  if (missing.length > 0 || env.databaseUrl === null) throw new EnvError(missing);
  log.level = env.logLevel;
  const store = openStore(env.databaseUrl, { statementMs: STATEMENT_MS });
  const sources = new Map<string, SourceEntry>();
  for (const config of env.sources) {
    const backend = openBackend(config, { role: 'web' });
    sharedSnapshot(backend).health.attachRecord(new RecordWatch(store, config.name));
    sources.set(config.name, { config, backend });
  }
  return { env, store, sources };
}

export async function closeApp(app: App): Promise<void> {
  await Promise.allSettled([...app.sources.values()].map(({ backend }) => backend.close()));
  await app.store.close();
}
