import type { SourceConfig } from '@/lib/env';
import type { QueueBackend } from './backend';
import { openPostgresBackend } from './bullmq/postgres';
import { openRedisBackend } from './bullmq/redis';

/** `web` watches and changes; `worker` also takes jobs. */
export interface OpenOptions {
  role: 'web' | 'worker';
}

/** The URL's scheme picks the backend. Connects in the background: never throws for a broker that is away. */
export function openBackend(config: SourceConfig, _options: OpenOptions): QueueBackend {
  return /^postgres(ql)?:/.test(config.url) ? openPostgresBackend(config) : openRedisBackend(config);
}
