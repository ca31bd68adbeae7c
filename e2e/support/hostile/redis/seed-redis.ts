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
  const redis = new Redis(url);
  try {
    const ground = new RedisGround(redis, source);
    // Keys last: what is broken cannot be added to.
    for (const seed of [seedTimes, seedPayloads, seedNames, seedEvents, seedFlows, seedSchedulers, seedKeys])
      await seed(ground);
    return ground.places;
  } finally {
    redis.disconnect();
  }
}
