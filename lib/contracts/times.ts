const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const FORM = 'is no RFC 3339 time, as 2026-11-22T13:44:02Z or 2026-11-22T14:44:02.5+01:00 (in an address + is %2B)';
const BOUNDS = 'must be within the years 1970–9999';
/** What any list, index or broker can hold. */
export const FIRST_MS = 0;
export const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Epoch ms of an RFC 3339 time; what is finer than a millisecond is cut off. */
export function readTime(text: string): number | { fault: string } {
  const match = text.length <= 64 ? RFC_3339.exec(text) : null;
  if (!match) return { fault: FORM };
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = match;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as Six;
  const offset = Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0);
  if (h > 23 || mi > 59 || s > 60 || Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59)
    return { fault: FORM };
  // By parts: Date.UTC alone would take 99 for 1999.
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  if (date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d) return { fault: 'names a day that does not exist' };
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const at = date.setUTCHours(h, mi, s, ms) - (sign === '-' ? -1 : 1) * offset * 60_000;
  return at < FIRST_MS || at > LAST_MS ? { fault: BOUNDS } : at;
}

type Six = [number, number, number, number, number, number];
