/** With the waits between them about twenty seconds. */
const MOST_TRIES = 8;
const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;

/**
 * A page asks several things at once, and several pages may do so: whoever is told 429 waits as long as the server says, and asks
 * again. It was refused before anything was done, so a change may be asked for again too.
 */
export async function fetchPatiently(url: string, init: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(url, init);
    if (response.status !== 429 || tries === MOST_TRIES) return response;
    await response.body?.cancel();
    await pause(computeWaitMs(response.headers.get('retry-after'), Math.random()), init.signal ?? null);
  }
}

/** What `Retry-After` says, within bounds; up to a half more by `random` (0–1), so that those refused together do not come back together. */
export function computeWaitMs(retryAfter: string | null, random: number): number {
  const given = Number(retryAfter ?? '') * 1000;
  const ms = Number.isFinite(given) ? Math.min(LONGEST_MS, Math.max(SHORTEST_MS, given)) : SHORTEST_MS;
  return Math.round(ms * (1 + random / 2));
}

function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
