import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { openPostgresBroker, openRedisBroker } from '@/lib/testing/brokers';
import { makeStackHome, type Stack, startStack } from '@/lib/testing/stack';
import { HealthyTraffic } from './healthy';
import type { OddPlace } from './place';
import { seedPostgres } from './postgres/seed-postgres';
import { seedRedis } from './redis/seed-redis';

/** What web and monitor may keep at once; beyond it they end. Within it V8 collects when it has to, not when it likes. */
const HEAP_MB = 256;

/** A whole product that watches two brokers of its own. */
export interface HostileProduct {
  url(): string;
  port(): number;
  storeUrl(): string;
  traffic: HealthyTraffic[];
  /** Everything odd, into both of them. */
  seed(): Promise<OddPlace[]>;
  /** Web and monitor; the brokers go on. */
  restart(): Promise<void>;
  /** Of the web process and of the monitor, in bytes. */
  memory(): Record<'web' | 'monitor', number>;
  /** What it logged as an error. */
  logged: string[];
  stop(): Promise<void>;
}

export async function startHostileProduct(): Promise<HostileProduct> {
  const [redis, postgres] = await Promise.all([openRedisBroker(), openPostgresBroker()]);
  const sources = [
    { name: 'redis', url: redis.config.url },
    { name: 'postgres', url: postgres.config.url },
  ];
  const logged: string[] = [];
  const home = makeStackHome();
  const start = () =>
    startStack({
      home,
      env: { QUEUEDECK_SOURCES: JSON.stringify(sources), NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` },
      onOutput: (text) => logged.push(...errorsIn(text)),
    });
  const traffic = [new HealthyTraffic('redis', redis), new HealthyTraffic('postgres', postgres)];
  let stack: Stack = await start();
  return {
    url: () => stack.url,
    port: () => Number(new URL(stack.url).port),
    storeUrl: () => stack.told.DATABASE_URL ?? '',
    traffic,
    logged,
    async seed() {
      const seeded = await Promise.all([
        seedRedis(redis.config.url, 'redis'),
        seedPostgres(postgres.config.url, 'postgres'),
      ]);
      return seeded.flat();
    },
    async restart() {
      await stack.stop();
      stack = await start();
    },
    memory: () => ({ web: memoryOf(stack.pid, 'web.mjs'), monitor: memoryOf(stack.pid, 'worker.mjs monitor') }),
    async stop() {
      await Promise.all(traffic.map((one) => one.stop()));
      await stack.stop();
      await Promise.all([redis.close(), postgres.close()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const errorsIn = (text: string) => text.split('\n').filter((line) => /"level":(50|60)|Unhandled|FATAL/.test(line));

/** Resident, of the supervisor's child that runs this. */
function memoryOf(supervisor: number, program: string): number {
  const lines = execFileSync('ps', ['-eo', 'ppid=,rss=,args='], { encoding: 'utf8' }).split('\n');
  const found = lines.find((line) => line.trim().startsWith(`${supervisor} `) && line.trimEnd().endsWith(program));
  if (!found) throw new Error(`no process ${program}`);
  return Number(found.trim().split(/\s+/)[1]) * 1_024;
}
