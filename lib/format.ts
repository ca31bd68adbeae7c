/** How numbers, times and sizes read on the screen. Browser-safe and pure; null is always "—": cannot know. */

const counts = new Intl.NumberFormat('en');

/** `12,480`, `10,000+` for a lower bound, `—` for unknown. */
export function formatCount(count: number | null | undefined, atLeast = false): string {
  if (count === null || count === undefined) return '—';
  return counts.format(count) + (atLeast ? '+' : '');
}

/** `3 workers`, `1 worker`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${counts.format(count)} ${count === 1 ? one : many}`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A measured duration: `310 ms`, `2.4 s`, `48 s`, `1 min 48 s`, `14 min`, `5 h 12 min`, `3 d`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return '—';
  if (ms < 0) return '0 ms';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < 59.5 * SECOND) return `${Math.round(ms / SECOND)} s`;
  const totalSeconds = Math.round(ms / SECOND);
  if (totalSeconds < 600) return pair(Math.floor(totalSeconds / 60), 'min', totalSeconds % 60, 's');
  const totalMinutes = Math.round(ms / MINUTE);
  if (totalMinutes < 60) return `${totalMinutes} min`;
  if (totalMinutes < 24 * 60) return pair(Math.floor(totalMinutes / 60), 'h', totalMinutes % 60, 'min');
  const totalHours = Math.round(ms / HOUR);
  return totalHours < 240
    ? pair(Math.floor(totalHours / 24), 'd', totalHours % 24, 'h')
    : `${counts.format(Math.round(ms / DAY))} d`;
}

const pair = (a: number, unitA: string, b: number, unitB: string) =>
  b ? `${a} ${unitA} ${b} ${unitB}` : `${a} ${unitA}`;

/** A duration's largest unit alone, in whole steps: `0 s`, `12 s`, `14 min`, `5 h`, `3 d`. For what ticks. */
export function formatCoarse(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return '—';
  const positive = Math.max(0, ms);
  if (positive < MINUTE) return `${Math.floor(positive / SECOND)} s`;
  if (positive < HOUR) return `${Math.floor(positive / MINUTE)} min`;
  if (positive < DAY) return `${Math.floor(positive / HOUR)} h`;
  return `${counts.format(Math.floor(positive / DAY))} d`;
}

/** `now`, `12 s ago`, `in 3 min`. */
export function formatAgo(atMs: number, nowMs: number): string {
  const passedMs = nowMs - atMs;
  if (Math.abs(passedMs) < SECOND) return 'now';
  return passedMs > 0 ? `${formatCoarse(passedMs)} ago` : `in ${formatCoarse(-passedMs)}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Binary steps, three figures at most: `218 B`, `1.4 KB`, `184 MB`, `1.1 GB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || Number.isNaN(bytes)) return '—';
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A share from 0 to 1: `62%`, `0.4%`. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || Number.isNaN(share)) return '—';
  const percent = share * 100;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)}%`;
}

/** `13:44:02` (or with `.201`), in the zone of whoever reads, or in UTC where that zone is not known yet. */
export function formatClock(at: Date, utc: boolean, withMs = false): string {
  const iso = utc ? at.toISOString() : new Date(at.getTime() - at.getTimezoneOffset() * MINUTE).toISOString();
  return iso.slice(11, withMs ? 23 : 19);
}

/** `2026-11-22 13:44:02`; the day is left out on the same day. */
export function formatDayClock(at: Date, now: Date, utc: boolean): string {
  const shift = (time: Date) =>
    (utc ? time : new Date(time.getTime() - time.getTimezoneOffset() * MINUTE)).toISOString();
  const day = shift(at).slice(0, 10);
  const clock = shift(at).slice(11, 19);
  return day === shift(now).slice(0, 10) ? clock : `${day} ${clock}`;
}
