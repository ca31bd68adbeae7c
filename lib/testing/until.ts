import { setTimeout as sleep } from 'node:timers/promises';

/** What has not come by then never comes. How soon it has to come a test says itself, where that is its matter. */
const PATIENCE_MS = 60_000;
const EVERY_MS = 20;

/** Asks until `check` gives something, and gives it; throws after a minute, or `limitMs`. */
export async function until<T>(
  check: () => T | Promise<T>,
  what = `${check}`,
  limitMs = PATIENCE_MS,
): Promise<Exclude<T, false | null | undefined>> {
  for (const end = Date.now() + limitMs; ; await sleep(EVERY_MS)) {
    const found = await check();
    if (found) return found as Exclude<T, false | null | undefined>;
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1_000} s for ${what}`);
  }
}

/** Asks until a number has grown to `wanted`. How fast it grows is the machine's affair; throws when it stands still for a minute. */
export async function untilReached(read: () => Promise<number>, wanted: number, what = `${read}`): Promise<void> {
  let before: number | null = null;
  for (let end = 0; ; await sleep(100)) {
    const now = await read();
    if (now >= wanted) return;
    if (now !== before) end = Date.now() + PATIENCE_MS;
    before = now;
    if (Date.now() > end) throw new Error(`${what} stands at ${now} of ${wanted}`);
  }
}
