import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueBackend } from '@/lib/backends/backend';
import type { Worker } from '@/lib/contracts/workers';

const EVERY_MS = 10_000;
const MOST_NAMES = 10_000;

/** Which version a worker said it is of. One that says nothing has ''. */
export class KnownWorkers {
  #versions = new Map<string, string>();
  #last: readonly Worker[] | null = null;

  constructor(private readonly backend: QueueBackend) {}

  versionOf(name: string): string {
    return this.#versions.get(name) ?? '';
  }

  /** The last list, at most ten seconds old while the broker answers; null = none could be read. */
  get list(): readonly Worker[] | null {
    return this.#last;
  }

  /** Reads the list now and every ten seconds until the signal aborts; `onList` may fail. */
  async follow(onList: (list: readonly Worker[]) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#last = await this.backend.listWorkers().catch(() => null);
      if (this.#versions.size > MOST_NAMES) this.#versions.clear();
      // Jobs name their worker as the process that took them.
      for (const { id, host, pid, version } of this.#last ?? [])
        if (version !== null) for (const name of [id, `${host}:${pid}`]) this.#versions.set(name, version);
      if (this.#last) await onList(this.#last).catch(() => undefined);
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
