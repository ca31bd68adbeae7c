import { buildRequest } from '@/lib/client/http/url';

const EVERY_MS = 15_000;

/**
 * Where no stream can be had (too many are open, a proxy holds it back) what is seen is asked for so often instead. To be called at
 * each attempt that failed; answers as of when the figures are now, null when they were not asked for.
 */
export function makeSubstitute(refresh: () => Promise<void>): () => Promise<number | null> {
  let triedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = Date.now();
    if (nowMs - triedAtMs < EVERY_MS) return null;
    triedAtMs = nowMs;
    // Where nobody answers at all, asking for everything would only turn figures into errors.
    const answer = await fetch(buildRequest('system.health', {}).url).catch(() => null);
    if (!answer?.ok) return null;
    await refresh();
    return nowMs;
  };
}
