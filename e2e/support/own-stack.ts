import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startGuard } from '@/lib/embedded/guard';
import { startPostgres, startRedis, type TestPostgres, type TestServer } from '@/lib/testing/servers';
import { startWeb, type Web } from './start-web';

/** Servers of a spec's own, for what would disturb the others: brokers that go away, restarts, workers that hang. */
export interface OwnStack {
  redis: TestServer;
  postgres: TestPostgres;
  /** The address of the web process; the same after `restartWeb`. */
  url: string;
  restartWeb(): Promise<void>;
  stop(): Promise<void>;
}

export const OWN_SOURCE = 'own';

/** Redis, PostgreSQL and one web process on the production build, no worker. ~2 s. */
export async function startOwnStack(): Promise<OwnStack> {
  const guard = startGuard(1_000);
  const home = mkdtempSync(path.join(tmpdir(), 'queuedeck-spec-'));
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const options = { sources: [{ name: OWN_SOURCE, url: redis.url }], databaseUrl: postgres.url, home, guard };
  let web: Web = await startWeb(options);
  const { url, port } = web;
  return {
    redis,
    postgres,
    url,
    async restartWeb() {
      await web.stop();
      web = await startWeb({ ...options, port });
    },
    async stop() {
      await web.stop();
      await Promise.all([redis.stop(), postgres.stop()]);
      guard.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
