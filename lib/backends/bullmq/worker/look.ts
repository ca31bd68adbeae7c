import type { SourceConfig } from '@/lib/env';
import { lookPostgres } from './look/postgres';
import { lookRedis } from './look/redis';
import type { Looker } from './look/shape';

export function openLooker(source: SourceConfig): Looker {
  return /^postgres/.test(source.url) ? lookPostgres(source) : lookRedis(source);
}
