import { runAnyInput } from '../support/any-input/run';

const CALLS = 100_000;

/** A hundred thousand requests of any kind, with a seed of the day. Whether all were answered as they should be. */
export async function askAnything(say: (text: string) => void): Promise<boolean> {
  const seed = Number(process.env.QUEUEDECK_ANY_INPUT_SEED ?? Date.now() % 1_000_000_007);
  say(`Any input: ${CALLS} calls, QUEUEDECK_ANY_INPUT_SEED=${seed}\n`);
  const report = await runAnyInput({ seed, calls: CALLS });
  for (const fault of report.faults) say(`  WRONG ${fault}\n`);
  const isSound = report.faults.length === 0 && report.taken > CALLS * 0.3 && report.later < CALLS * 0.02;
  const seconds = (report.tookMs / 1000).toFixed(0);
  say(
    `  ${report.taken} taken, ${report.later} late or busy, ${seconds} s: ${isSound ? 'every answer in order' : 'WRONG'}\n`,
  );
  return isSound;
}
