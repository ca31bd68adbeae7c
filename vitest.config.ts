import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

const alias = {
  '@': path.resolve(import.meta.dirname),
  // Next gives "server-only" a meaning at build time; in tests it is empty.
  'server-only': path.resolve(import.meta.dirname, 'lib/testing/server-only.ts'),
};

/** A machine that stalls for a moment is no defect; a test that needed its second try is named at the end of `npm test`, to be looked at. */
const retry = 1;

/** Over this a test hangs. How fast something has to be a test says itself, where that is its matter. */
const PATIENCE_MS = 120_000;

/** What takes minutes first, so that it does not stand alone at the end. */
const LONGEST = /e2e\/faults\/|worker\/(monitor|queues|supervisor)/;
class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]) {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(LONGEST.test(b.moduleId)) - Number(LONGEST.test(a.moduleId)));
  }
}

export default defineConfig({
  resolve: { alias },
  test: {
    // Most tests wait for servers: two files at once leave two cores idle for nearly half of the time; four take longer than three.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'node',
          include: [
            'lib/**/*.test.ts',
            'worker/**/*.test.ts',
            'bin/**/*.test.ts',
            'app/**/*.test.ts',
            'e2e/bench/**/*.test.ts',
            'e2e/faults/**/*.test.ts',
          ],
          environment: 'node',
          globalSetup: ['lib/testing/global-postgres.ts'],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          retry,
          pool: 'forks',
        },
      },
      {
        plugins: [react()],
        resolve: { alias },
        test: {
          name: 'browser',
          include: ['components/**/*.test.{ts,tsx}', 'lib/**/*.test.tsx'],
          environment: 'happy-dom',
          testTimeout: PATIENCE_MS,
          retry,
        },
      },
    ],
  },
});
