import { nameError } from '@/lib/failures/naming/normalise';
import { recordFailures } from '@/lib/store/failures/record-failures';
import { Buckets } from '@/lib/store/figures/buckets';
import { Scopes } from '@/lib/store/history/scopes';
import type { Store } from '@/lib/store/store';

/** A failure as a test says it: of a `mail` of queue `emails`, now, if it does not say otherwise. */
export interface GivenFailure {
  message: string;
  frame?: string | null;
  queue?: string;
  name?: string;
  at?: number;
  version?: string;
}

/** Counts failures as the recorder would, in one batch; the number of the group of each. `undo`: and takes it all back. */
export async function failRecorded(
  store: Store,
  source: string,
  given: readonly GivenFailure[],
  undo = false,
): Promise<number[]> {
  const scopes = new Scopes(store, source);
  // By another lane: they are read within a transaction, and many of these at once must not wait for each other's connections.
  const buckets = new Buckets(store.vital);
  const jobs = given.map((one) => ({ ...one, queue: one.queue ?? 'emails', name: one.name ?? 'mail' }));
  await scopes.prepare(jobs);
  const failures = jobs.map(({ message, frame, queue, name, at, version }) => ({
    ...{ error: nameError(message, frame ?? null), message, kindId: scopes.of(queue, name).kind },
    ...{ version: version ?? '', at: at ?? Date.now(), isFinal: true },
  }));
  const ids: number[] = [];
  const write = store.transaction(async (client) => {
    const groups = await recordFailures(client, source, failures);
    const notes = failures.map(({ error, at }) => {
      const group = groups.get(error.fingerprint.toString('hex'));
      if (!group) throw new Error(`no group for ${error.title}`);
      ids.push(group.groupId);
      return { scopes: [group.scopeId], at, metric: 'failedAttempts' as const, times: 1 };
    });
    await buckets.add(notes);
    await buckets.write(client);
    if (undo) throw new Error('taken back');
  });
  await write.catch((error: Error) => {
    if (error.message !== 'taken back') throw error;
  });
  return ids;
}
