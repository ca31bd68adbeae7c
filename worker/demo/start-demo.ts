import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueBackend } from '@/lib/backends/backend';
import type { Env, SourceConfig } from '@/lib/env';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { routeMailDomain } from '@/worker/mail/routes';
import { allowOwnTarget } from '@/worker/webhook/targets';
import { cleanUpDemo } from './clean-up';
import { startMailServer } from './mail-server';
import { MAIL_DOMAIN } from './pick-job';
import { seedShopInBackground } from './seed-in-background';
import { runTraffic } from './traffic';
import { startWebhookReceiver } from './webhook-receiver';

export interface DemoOptions {
  env: Env;
  source: SourceConfig;
  store: Store;
  /** Called only when the demo runs; the demo closes what it is given. */
  openBackend(): QueueBackend;
  /** Ends the traffic; the servers stay for the jobs that still run. */
  signal: AbortSignal;
}

export interface Demo {
  port: { mail: number; webhook: number };
  /** Ends the traffic too, then the servers. */
  close(): Promise<void>;
}

const CLEAN_EVERY_MS = 60_000;
/** For this long out of each cycle the mail server turns everybody away. */
const OUTAGE = { everyMs: 240_000, forMs: 20_000 } as const;

/**
 * The shop and its traffic: only on the embedded default, and only while the demo is wanted; null otherwise. Start it before the workers,
 * whose mail and webhooks it receives on loopback ports of its own.
 */
export async function startDemo(options: DemoOptions): Promise<Demo | null> {
  const { env, source, store } = options;
  if (!env.embedded || !env.demo || !source.embedded) return null;
  const closing = new AbortController();
  const signal = AbortSignal.any([options.signal, closing.signal]);
  const mail = await startMailServer({
    isOut: () => Date.now() % OUTAGE.everyMs < OUTAGE.forMs,
    putsOff: () => Math.random() < 0.03,
    delayMs: () => 5 + Math.random() * 80,
  });
  const portFile = path.join(env.home, 'demo-webhook-port');
  const receiver = await startWebhookReceiver(await readPort(portFile), Math.random);
  await writeFile(portFile, `${receiver.port}\n`);
  const unroute = routeMailDomain(MAIL_DOMAIN, `smtp://127.0.0.1:${mail.port}`);
  const disallow = allowOwnTarget(`127.0.0.1:${receiver.port}`);
  const webhookUrl = `http://127.0.0.1:${receiver.port}`;
  const backend = options.openBackend();
  const running = Promise.all([
    seedShopInBackground(store, signal),
    runTraffic({ backend, webhookUrl, signal }),
    cleanUpRegularly(store, path.join(env.home, 'exports'), signal),
  ]).finally(() => backend.close());
  running.catch((error: Error) => log.warn({ err: error.message }, 'the demo ended early'));
  return {
    port: { mail: mail.port, webhook: receiver.port },
    async close() {
      closing.abort();
      await running.catch(() => undefined);
      unroute();
      disallow();
      await Promise.all([mail.close(), receiver.close()]);
    },
  };
}

async function readPort(file: string): Promise<number | null> {
  const port = Number((await readFile(file, 'utf8').catch(() => '')).trim());
  return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : null;
}

async function cleanUpRegularly(store: Store, exportsDir: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await cleanUpDemo(store, exportsDir).catch((error: Error) =>
      log.debug({ err: error.message }, 'demo clean-up failed; tried again later'),
    );
    await sleep(CLEAN_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
