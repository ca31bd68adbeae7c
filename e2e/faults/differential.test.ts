import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '@/lib/testing/test-database';
import { runDifferential } from './differential/run';

/** `npm run faults` runs it for half an hour. A seed that failed is run again by QUEUEDECK_SEED. */
const FOR_MS = 150_000;
const seed = Number(process.env.QUEUEDECK_SEED ?? 8);

describe.concurrent('the record against every event that the broker wrote', () => {
  it.each(['Redis', 'PostgreSQL'] as const)(
    'is exact on %s, or says what it did not see',
    async (kind) => {
      const report = await runDifferential(kind, await createTestDatabase(), seed, FOR_MS);
      expect(report.wrong, `seed ${seed}: ${JSON.stringify(report)}`).toEqual([]);
      expect(report.events).toBeGreaterThan(2_000);
      expect(report.gaps).toBeGreaterThan(0);
    },
    600_000,
  );
});
