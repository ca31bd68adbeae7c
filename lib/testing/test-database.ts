import { inject } from 'vitest';
import { createDatabase } from './servers';

/** A new empty database on the run's PostgreSQL; returns its URL. It goes away with the run. ~30 ms. */
export function createTestDatabase(): Promise<string> {
  return createDatabase(inject('postgresUrl'));
}
