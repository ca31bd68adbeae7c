import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueBackend } from '@/lib/backends/backend';
import type { Worker } from '@/lib/contracts/workers';
import { noteVersions } from '@/lib/deploys/note-versions';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { KnownWorkers } from './recording/known-workers';
import { DeposedError, dropLease, takeLease } from './recording/lease';
import { sampleGauges } from './recording/sample-gauges';
import { SourceRecorder } from './recording/source-recorder';

const LOOK_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

export interface RecordHistoryOptions {
  store: Store;
  backend: QueueBackend;
  /** Names the process among those that would record too. */
  owner: string;
  keepMs: number;
  reconcileEveryMs?: number;
  signal: AbortSignal;
}

/**
 * Records one source whenever this process holds its lease; of several monitors one records, and another takes over within ten
 * seconds of its death. Resolves when the signal aborts; a backend that cannot be recorded resolves at once.
 */
export async function recordHistory(options: RecordHistoryOptions): Promise<void> {
  const { store, backend, owner, signal } = options;
  const { recording } = backend;
  if (!recording) return;
  while (!signal.aborted) {
    const held = await takeLease(store, backend.name, owner).catch(() => null);
    if (!held) {
      await pause(LOOK_EVERY_MS, signal);
      continue;
    }
    const turn = new AbortController();
    const both = AbortSignal.any([signal, turn.signal]);
    const workers = new KnownWorkers(backend);
    const { keepMs, reconcileEveryMs } = options;
    const recorder = new SourceRecorder({
      store,
      backend,
      recording,
      held,
      signal: both,
      keepMs,
      versionOf: (name) => workers.versionOf(name),
      ...(reconcileEveryMs === undefined ? {} : { reconcileEveryMs }),
    });
    const onList = (list: readonly Worker[]) => noteVersions(store, backend.name, list);
    const watching = Promise.all([workers.follow(onList, both), sampleEachMinute(store, backend, workers, both)]);
    try {
      await recorder.run();
    } catch (error) {
      if (error instanceof DeposedError) log.info({ source: backend.name }, 'another monitor records now');
      else if (!signal.aborted) log.warn({ err: (error as Error).message, source: backend.name }, 'recording stopped');
    } finally {
      turn.abort();
      await watching;
    }
    if (signal.aborted) await dropLease(store, backend.name, held.epoch).catch(() => undefined);
    else await pause(LOOK_EVERY_MS, signal);
  }
}

async function sampleEachMinute(
  store: Store,
  backend: QueueBackend,
  workers: KnownWorkers,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(MINUTE_MS - (Date.now() % MINUTE_MS), signal);
    if (signal.aborted) return;
    await sampleGauges(store, backend, workers).catch((error: Error) =>
      log.debug({ err: error.message, source: backend.name }, 'gauges were not sampled'),
    );
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
