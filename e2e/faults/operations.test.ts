import { expect, it } from 'vitest';
import { runOperationsStorm } from './operations-storm';

/** The short form; `npm run faults` has 30 rounds. */
it('gives each of 20,000 jobs one outcome while monitor, broker and store are killed', {
  timeout: 240_000,
}, async () => {
  const reports = await runOperationsStorm({ rounds: 3, jobs: 20_000 });
  expect(reports.map(({ kind }) => kind)).toEqual(['remove', 'restore', 'retry', 'duplicate']);
  for (const report of reports)
    expect(report).toMatchObject({ notDoneOnce: 0, countsApart: 0, doubled: 0, changed: 0, marksLeft: 0 });
});
