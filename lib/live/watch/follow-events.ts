import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendEvent, QueueBackend } from '@/lib/backends/backend';
import { log } from '@/lib/log';

const RESTART_MS = 1_000;
/** A backend that says nothing when its tail stands is taken to stand after this. */
const STANDING_MS = 1_500;

interface Listener {
  /** From now on nothing is missed. */
  onStanding(): void;
  onEvents(events: BackendEvent[]): void;
}

/** Tails one source until the returned function is called; begins again, with a gap, should the tail break. */
export function followEvents(backend: QueueBackend, listener: Listener): () => void {
  const stopping = new AbortController();
  void follow(backend, listener, stopping.signal);
  return () => stopping.abort();
}

async function follow(backend: QueueBackend, listener: Listener, signal: AbortSignal): Promise<void> {
  let stands = false;
  const stand = () => {
    if (stands || signal.aborted) return;
    stands = true;
    listener.onStanding();
  };
  const timer = setTimeout(stand, STANDING_MS);
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  while (!signal.aborted) {
    try {
      for await (const events of backend.events(signal)) {
        if (signal.aborted) return;
        stand();
        if (events.length > 0) listener.onEvents(events);
      }
    } catch (error) {
      if (!signal.aborted) log.warn({ err: (error as Error).message, source: backend.name }, 'tail broke');
    }
    if (signal.aborted) return;
    await sleep(RESTART_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) listener.onEvents([{ type: 'gap', at: Date.now() }]);
  }
}
