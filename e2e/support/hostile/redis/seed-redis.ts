import { Redis } from 'ioredis';
import type { OddPlace } from '../place';
import { RedisGround } from './ground';
import { seedEvents } from './seed-events';
import { seedFlows } from './seed-flows';
import { seedPayloads, seedTimes } from './seed-jobs';
import { seedKeys } from './seed-keys';
import { seedNames } from './seed-names';
import { seedSchedulers } from './seed-schedulers';

/** Everything odd at once, in a second or two. */
export async function seedRedis(url: string, source: string): Promise<OddPlace[]> {
  const redis = new Redis(url, { enableAutoPipelining: true });
  try {
    const ground = new RedisGround(redis, source);
    const seeds = [seedTimes, seedPayloads, seedNames, seedEvents, seedFlows, seedSchedulers, seedKeys];
    await Promise.all(seeds.map((seed) => seed(ground)));
    return ground.places;
  } finally {
    redis.disconnect();
  }
}
