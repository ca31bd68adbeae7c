import type { TestProject } from 'vitest/node';
import { keepTemplate, startPostgres } from './servers';

declare module 'vitest' {
  interface ProvidedContext {
    /** One PostgreSQL for the whole run; take a database of your own from it with `createTestDatabase`. */
    postgresUrl: string;
  }
}

/** Vitest global set-up: starts the run's PostgreSQL, returns its end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dropTemplate = await keepTemplate();
  const server = await startPostgres();
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    dropTemplate();
  };
}
