import type { Recorder } from '@/lib/contracts/recorder';
import { readSetAside } from '@/lib/store/recording/set-aside';
import type { Store } from '@/lib/store/store';

const MOST_SHOWN = 20;
const CACHE_MS = 2_000;

type SetAside = Recorder['setAside'];

const caches = new WeakMap<Store, Map<string, { at: number; told: Promise<SetAside> }>>();

/** What of a source could not be recorded; one reading within two seconds for all who ask. */
export function readSetAsideOf(store: Store, source: string): Promise<SetAside> {
  const cache = caches.get(store) ?? new Map<string, { at: number; told: Promise<SetAside> }>();
  caches.set(store, cache);
  const cached = cache.get(source);
  if (cached && Date.now() - cached.at < CACHE_MS) return cached.told;
  const told = read(store, source);
  cache.set(source, { at: Date.now(), told });
  told.catch(() => cache.delete(source));
  return told;
}

async function read(store: Store, source: string): Promise<SetAside> {
  const { total, lastDay, rows } = await readSetAside(store, source, MOST_SHOWN);
  const items = rows.map(({ queue, job, reason, at, times }) => ({
    queue: queue || null,
    job,
    reason,
    at: at.toISOString(),
    times,
  }));
  return { count: total, last24h: lastDay, items };
}
