import { startPostgres, type TestPostgres } from '@/lib/testing/servers';
import { askAnything } from './any-input';
import { type DifferentialBroker, runDifferential } from './differential/run';
import { isSoundOperation, runOperationsStorm } from './operations-storm';
import { runStorm, type StormReport } from './storm';

/**
 * `npm run faults`: the whole storm, three times, 30 rounds of operations, 100,000 requests of any kind, and half an hour of the record
 * against the broker's own events; or the named parts of it. Exits 1 when anything was lost, doubled, left behind, not told, or answered as it
 * should not be.
 */
const ROUNDS = 3;
const OPERATION_ROUNDS = 30;
const OPERATION_JOBS = 20_000;
/** Of the record, on each backend; both at once. */
const DIFFERENTIAL_MS = 1_800_000;

const LINES: [keyof StormReport, string][] = [
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['endedNotOnce', 'did not end exactly once'],
  ['insideNotOnce', 'effect in the store not exactly once'],
  ['outsideNotOnce', 'effect outside the store not exactly once'],
  ['stalledAndRecovered', 'stalled and were recovered'],
  ['active', 'still active at the end'],
  ['locks', 'still locked at the end'],
  ['exitCode', "worker's exit code after SIGTERM"],
];

const PARTS: Record<string, () => Promise<boolean>> = {
  storm: loseWorkers,
  operations: interruptOperations,
  'any-input': () => askAnything((text) => process.stdout.write(text)),
  record: compareRecords,
};

const named = process.argv.slice(2);
const unknown = named.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  process.stderr.write(`unknown part "${unknown}": choose from ${Object.keys(PARTS).join(', ')}.\n`);
  process.exit(2);
}
let sound = true;
for (const [name, run] of Object.entries(PARTS))
  if (named.length === 0 || named.includes(name)) sound = (await run()) && sound;
process.stdout.write(sound ? 'Nothing was lost, doubled or left behind.\n' : 'SOMETHING WENT WRONG (above).\n');
process.exitCode = sound ? 0 : 1;

async function loseWorkers(): Promise<boolean> {
  let allSound = true;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const report = await runStorm({ jobs: 2_000, workerKills: 20, brokerKills: 1, freezes: 0, workMs: 40 });
    const { jobs, workerKills, brokerKills, tookMs } = report;
    process.stdout.write(
      `Round ${round}: ${jobs} jobs, worker killed ${workerKills} times, broker ${brokerKills} time, ${(tookMs / 1000).toFixed(1)} s\n`,
    );
    for (const [key, text] of LINES) process.stdout.write(`  ${String(report[key]).padStart(6)}  ${text}\n`);
    allSound &&= isSound(report);
  }
  return allSound;
}

async function interruptOperations(): Promise<boolean> {
  let number = 0;
  const reports = await runOperationsStorm({ rounds: OPERATION_ROUNDS, jobs: OPERATION_JOBS }, (report) => {
    number += 1;
    const { kind, jobs, kills, tookMs, ...wrong } = report;
    const verdict = isSoundOperation(report) ? 'every job one outcome' : `WRONG ${JSON.stringify(wrong)}`;
    process.stdout.write(
      `Operation ${number}: ${kind} ${jobs} jobs, ${kills} kills (monitor, broker, store), ${(tookMs / 1000).toFixed(1)} s: ${verdict}\n`,
    );
  });
  return reports.every(isSoundOperation);
}

async function compareRecords(): Promise<boolean> {
  const stores = await startPostgres();
  try {
    const compare = (kind: DifferentialBroker) => compareRecord(kind, stores);
    return (await Promise.all((['Redis', 'PostgreSQL'] as const).map(compare))).every(Boolean);
  } finally {
    await stores.stop();
  }
}

/** A seed that failed is run again by QUEUEDECK_SEED. */
async function compareRecord(kind: DifferentialBroker, stores: TestPostgres): Promise<boolean> {
  const seed = Number(process.env.QUEUEDECK_SEED ?? Date.now() % 1_000_000);
  const report = await runDifferential(kind, await stores.createDatabase(), seed, DIFFERENTIAL_MS);
  const { wrong, events, gaps, monitorKills, brokerRestarts } = report;
  process.stdout.write(
    `Record of ${kind}: seed ${seed}, ${events} events, monitor killed ${monitorKills} times, broker restarted ${brokerRestarts} times, ${gaps} gaps: ${wrong.length === 0 ? 'exact, or told' : `WRONG\n  ${wrong.join('\n  ')}`}\n`,
  );
  return wrong.length === 0;
}

function isSound(report: StormReport): boolean {
  const { jobs, completed, failed, endedNotOnce, insideNotOnce, outsideNotOnce, active, locks, exitCode } = report;
  const wrong = failed + endedNotOnce + insideNotOnce + outsideNotOnce + active + locks;
  return completed === jobs && wrong === 0 && exitCode === 0;
}
