import { type HubSource, LiveHub } from '@/lib/live/hub';
import type { ReadOperations } from '@/lib/live/watch/watch-operations';

const KEY = Symbol.for('queuedeck.hubs');
const home = globalThis as { [KEY]?: Map<unknown, LiveHub> };

/** The one hub over these sources, per process. */
export function sharedHub(sources: ReadonlyMap<string, HubSource>, readOperations: ReadOperations): LiveHub {
  home[KEY] ??= new Map();
  let hub = home[KEY].get(sources);
  if (!hub) {
    hub = new LiveHub(sources, readOperations);
    home[KEY].set(sources, hub);
  }
  return hub;
}

/** Ends every stream of the process, and lets no new one begin. Returns how many were open. */
export function closeAllHubs(): number {
  let open = 0;
  for (const hub of home[KEY]?.values() ?? []) {
    open += hub.streams.open;
    hub.closeAll();
  }
  return open;
}
