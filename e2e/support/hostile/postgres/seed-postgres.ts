import pg from 'pg';
import type { OddPlace } from '../place';
import { PostgresGround } from './ground';
import { seedFlows, seedSchedulers } from './seed-flows';
import { seedEvents, seedNames, seedPayloads, seedTimes } from './seed-rows';

/** Everything odd that BullMQ's schema lets in, at once. */
export async function seedPostgres(url: string, source: string): Promise<OddPlace[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const ground = new PostgresGround(client, source);
    for (const seed of [seedTimes, seedPayloads, seedNames, seedEvents, seedFlows, seedSchedulers]) await seed(ground);
    return ground.places;
  } finally {
    await client.end();
  }
}
