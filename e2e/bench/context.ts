import type { Web } from '@/e2e/support/start-web';
import type { Guard } from '@/lib/embedded/guard';
import type { Connection } from './broker/connection';
import type { PrivateRedis } from './broker/private-redis';
import type { BenchRow } from './rows';

export const SOURCE = 'bench';

/** What a section measures against: the fixture's broker and one web process that watches it. */
export interface BenchContext {
  redis: PrivateRedis;
  /** A broker that nobody uses: the measure of the machine's own stalls. */
  idleRedis: PrivateRedis;
  /** The bench's own connection to that broker. */
  reader: Connection;
  web: Web;
  postgresUrl: string;
  home: string;
  guard: Guard;
  say(line: string): void;
}

export interface Section {
  name: string;
  measure(context: BenchContext): Promise<BenchRow[]>;
}

export const queuePath = (queue: string): string => `/api/v1/queues/${SOURCE}/${encodeURIComponent(queue)}`;
