import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { loadEnv, SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import { openStore } from '@/lib/store/store';
import { defineTask } from '@/worker/define-task';
import { startWorker } from '@/worker/run-worker';

/** What the storm tells this process, as JSON in its first argument. */
export interface StormWorkerConfig {
  source: { name: string; url: string; embedded: boolean };
  databaseUrl: string;
  /** Where the effect outside the store leaves one line per job. */
  outsideFile: string;
  workMs: number;
}

const config = JSON.parse(process.argv[2] ?? '') as StormWorkerConfig;

/** Two effects per job: one outside the store, that can be looked for; one inside, in the transaction of its mark. */
const storm = defineTask({
  name: 'storm',
  queue: 'storm',
  description: 'Work that is killed.',
  example: { n: 1 },
  input: z.strictObject({ n: z.number().int() }),
  retry: { attempts: 3, backoff: { type: 'fixed', delayMs: 50 } },
  timeoutMs: 60_000,
  concurrency: 10,
  async run(ctx, { n }) {
    ctx.progress({ done: 0, total: 1 });
    await ctx.once('outside', async ({ attempt }) => {
      const line = `${n}\n`;
      if (attempt === 'uncertain' && `\n${await readFile(config.outsideFile, 'utf8')}`.includes(`\n${line}`)) return;
      await appendFile(config.outsideFile, line);
      await sleep(Math.random() * config.workMs);
    });
    await ctx.once('inside', async ({ transaction }) => {
      await transaction.query('INSERT INTO storm_effect (n) VALUES ($1)', [n]);
      await sleep(Math.random() * config.workMs);
    });
    await sleep(Math.random() * config.workMs, undefined, { signal: ctx.signal });
    ctx.progress({ done: 1, total: 1 });
    return n;
  },
});

log.level = 'error';
const worker = await startWorker({
  env: loadEnv({}),
  store: openStore(config.databaseUrl, { max: 24 }),
  source: SourceConfig.parse(config.source),
  tasks: [storm],
  locks: { lockMs: 2_000, stalledEveryMs: 500, maxStalls: 50 },
});
process.once('SIGTERM', async () => process.exit((await worker.stop(500)) ? 0 : 1));
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
