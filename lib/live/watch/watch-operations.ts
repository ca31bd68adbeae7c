import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationFrame } from '@/lib/contracts/live';
import { log } from '@/lib/log';

export type LiveOperation = OperationFrame['operation'];

/** Operations that changed after `after` (the store's clock, opaque), and where to ask from the next time; null = from now on. */
export type ReadOperations = (after: string | null) => Promise<{ operations: LiveOperation[]; next: string }>;

const EVERY_MS = 1_000;
/** How long it still looks after its last viewer, so that a quick return resumes. */
const LINGER_MS = 5_000;
const STANDING_WAIT_MS = 2_000;

/**
 * Looks at the store once a second while anybody watches operations. `onStanding`: from now on nothing is missed; reads
 * overlap, and what was told already is not told again.
 */
export class OperationsWatch {
  #viewers = 0;
  #stop: AbortController | null = null;
  #linger: NodeJS.Timeout | null = null;
  #standing: Promise<void> = Promise.resolve();

  constructor(
    private readonly read: ReadOperations,
    private readonly listener: { onStanding(): void; onChanged(operation: LiveOperation): void; onStopped(): void },
  ) {}

  retain(): void {
    this.#viewers += 1;
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    if (this.#stop) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#standing = new Promise((stand) => void this.#follow(signal, stand));
  }

  /** Resolves when nothing is missed any more, or after 2 s when the store is away. */
  async waitStanding(): Promise<void> {
    await Promise.race([this.#standing, sleep(STANDING_WAIT_MS, undefined, { ref: false })]);
  }

  release(): void {
    this.#viewers -= 1;
    if (this.#viewers > 0) return;
    this.#linger = setTimeout(() => this.stop(), LINGER_MS).unref();
  }

  stop(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    if (!this.#stop) return;
    this.#stop.abort();
    this.#stop = null;
    this.listener.onStopped();
  }

  async #follow(signal: AbortSignal, stand: () => void): Promise<void> {
    let after: string | null = null;
    const told = new Map<string, string>();
    while (!signal.aborted) {
      try {
        const { operations, next } = await this.read(after);
        if (signal.aborted) return;
        if (after === null) this.listener.onStanding();
        stand();
        after = next;
        for (const operation of operations) {
          const text = JSON.stringify(operation);
          if (told.get(operation.id) === text) continue;
          told.set(operation.id, text);
          this.listener.onChanged(operation);
        }
      } catch (error) {
        log.debug({ err: (error as Error).message }, 'operations not read');
      }
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
