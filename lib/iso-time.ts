const YEAR_10000_MS = 253_402_300_800_000;

/** Epoch ms from 1970 to 9999; null for what is no time: absent, 0, nonsense, another unit. */
export function timeOf(atMs: number | null | undefined): number | null {
  return atMs && atMs > 0 && atMs < YEAR_10000_MS ? Math.floor(atMs) : null;
}

/** The same as ISO 8601 with ms. */
export function toIso(atMs: number | null | undefined): string | null {
  const at = timeOf(atMs);
  return at === null ? null : new Date(at).toISOString();
}

/** For what must have a time: of one that is unknown, now. */
export const toIsoOrNow = (atMs: number): string => toIso(atMs) ?? new Date().toISOString();
