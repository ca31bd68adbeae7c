import { CodedError } from '@/lib/contracts/errors';
import { KEEP_LEVEL_MS, LEVEL_MS } from '@/lib/store/figures/buckets';

const YEARS_MS = 2 * 366 * 86_400_000;
const MOST_POINTS = 10_000;
const STEPS_MS = [1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 720, 1_440, 2_880, 10_080].map((minutes) => minutes * 60_000);

/** Whole buckets of `stepMs`, from the one that holds `from` up to `to`; read at the finest level that is still kept for it. */
export interface Period {
  fromMs: number;
  toMs: number;
  stepMs: number;
  level: number;
}

/** `step` left out: at most `points` buckets. Throws validation_failed where the bounds do not fit. */
export function readPeriod(from: string, to: string | undefined, step: number | undefined, points = 120): Period {
  const now = Date.now();
  const toMs = to === undefined ? now : Math.min(Date.parse(to), now + 60_000);
  const fromMs = Date.parse(from);
  if (fromMs >= toMs) throw invalid('from', 'must be before "to", and not ahead of now');
  if (toMs - fromMs > YEARS_MS) throw invalid('from', 'must be at most two years before "to"');
  const stepMs = step ?? STEPS_MS.find((one) => (toMs - fromMs) / one <= points) ?? 7 * 1_440 * 60_000;
  if ((toMs - fromMs) / stepMs > MOST_POINTS) throw invalid('step', `must give at most ${MOST_POINTS} points`);
  const level = levelFor(stepMs, now - fromMs);
  const width = Math.max(stepMs, LEVEL_MS[level] as number);
  return { fromMs: Math.floor(fromMs / width) * width, toMs, stepMs: width, level };
}

/** The coarsest level that fills whole steps; a coarser one than that where the fine ones are gone. */
function levelFor(stepMs: number, ageMs: number): number {
  const levels = [...LEVEL_MS.keys()];
  const kept = levels.filter((level) => ageMs <= (KEEP_LEVEL_MS[level] as number));
  const fits = kept.filter((level) => stepMs % (LEVEL_MS[level] as number) === 0);
  return fits.at(-1) ?? kept[0] ?? levels.at(-1) ?? 0;
}

/** How many buckets a period has. */
export const countSteps = ({ fromMs, toMs, stepMs }: Period): number =>
  Math.max(1, Math.ceil((toMs - fromMs) / stepMs));

function invalid(path: string, message: string): CodedError {
  return new CodedError('validation_failed', `${path}: ${message}.`, { errors: [{ path, message }] });
}
