import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { NotOurShopError, seedShop } from './seed-shop';

const RETRY_MS = 5_000;

/** Seeds the shop on one connection of the store's, and again after a failure, until it is whole, the signal aborts, or the schema turns out to be somebody else's. */
export async function seedShopInBackground(store: Store, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      // A connection that failed half-way may still hold the lock: a session closes it.
      await store.session((client) => seedShop(client, { signal }));
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: (error as Error).message }, 'the demo shop is not seeded');
      if (error instanceof NotOurShopError) return;
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
