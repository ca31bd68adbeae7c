import type { Totals } from '@/lib/contracts/metrics';
import { ENOUGH_JOBS } from '@/lib/contracts/states';
import { formatCount, formatPlural } from '@/lib/format';

/** What became of a figure since the period before; '' where either is not known. */
export function change(
  now: number | null | undefined,
  before: number | null | undefined,
  as: 'share' | 'points' | 'count',
): string {
  if (now === null || now === undefined || before === null || before === undefined) return '';
  const by = now - before;
  if (as === 'share') {
    if (before === 0) return now === 0 ? 'as before' : 'none before';
    const percent = Math.round((by / before) * 100);
    return percent === 0 ? 'as before' : `${sign(percent)}${formatCount(Math.abs(percent))}% on before`;
  }
  if (as === 'points') {
    const points = Math.round(by * 1_000) / 10;
    return points === 0 ? 'as before' : `${sign(points)}${Math.abs(points)} pt on before`;
  }
  const count = Math.round(by);
  return count === 0 ? 'as before' : `${sign(count)}${formatCount(Math.abs(count))} on before`;
}

const sign = (value: number) => (value > 0 ? '+' : '−');

/** A share as percent; small ones keep their digits. */
export function rateParts(share: number | null): { value: string; unit: string } {
  if (share === null) return { value: '—', unit: '' };
  const percent = share * 100;
  return {
    value: percent !== 0 && percent < 10 ? String(Math.round(percent * 10) / 10) : String(Math.round(percent)),
    unit: '%',
  };
}

/** Why two periods are not judged by each other; null = enough ended in both. */
export function whyNotCompared(now: Totals | undefined, before: Totals | undefined): string | null {
  if (!now || !before) return null;
  const [here, there] = [now, before].map(({ completed, failed }) => completed + failed) as [number, number];
  if (there === 0) return 'nothing before';
  if (Math.min(here, there) >= ENOUGH_JOBS) return null;
  return there < ENOUGH_JOBS ? `only ${formatPlural(there, 'job')} before` : `only ${formatPlural(here, 'job')} so far`;
}
