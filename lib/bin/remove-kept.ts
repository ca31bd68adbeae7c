import type { BrokerJob, Change, QueueBackend } from '@/lib/backends/backend';
import type { BulkMethods, BulkOutcome, KeptJob } from '@/lib/backends/bulk';
import type { App, SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { JobState } from '@/lib/contracts/states';
import { isStorable } from '@/lib/contracts/storable';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import { BIN, dropLoad, SET_LOAD_SQL, writeLoad } from './loads';

/** What a broker packs in one short step, and one load of the bin holds. */
export const MOST_KEPT_BYTES = 4_194_304;
/** A job that changes between being kept and being taken out is kept again this often. */
const TRIES = 5;
const BEFORE_IT_BEGAN: readonly JobState[] = ['waiting', 'delayed', 'prioritized'];

/** `entry`: the load of the bin that holds it. Else what stood against it. */
export type KeptRemoval = { kind: 'kept'; job: KeptJob; entry: string } | Exclude<Change, { kind: 'done' }>;

/** Name of the marks of one load's removal. */
export const markOf = (load: string) => `bin:${load}`;

/**
 * Why the recycle bin would not keep a job that is removed by itself, in a sentence; null where it would. `withChildren`: with all that
 * hangs on it.
 */
export function refuseToKeep(
  { env }: Pick<App, 'env'>,
  backend: QueueBackend,
  job: Pick<BrokerJob, 'id' | 'queue' | 'children' | 'data' | 'result'>,
  withChildren: boolean,
): string | null {
  if (env.binHours === 0) return 'The recycle bin is turned off (QUEUEDECK_BIN_HOURS is 0).';
  if (!backend.bulk) return `On ${backend.kind} jobs cannot be kept.`;
  if (withChildren && job.children !== null) return 'The recycle bin keeps a job, but not the flow below it.';
  if (job.data.sizeBytes + (job.result?.sizeBytes ?? 0) > MOST_KEPT_BYTES)
    return 'It is larger than the 4 MB that the recycle bin takes of one job.';
  return isStorable(job.id) && isStorable(job.queue) ? null : 'Its name holds characters that the store cannot hold.';
}

interface Order {
  queue: string;
  job: string;
  kind: 'remove' | 'cancel';
  /** As the bin says why it left. */
  why: string;
  withChildren: boolean;
}

/**
 * Takes one job out of the broker so that it can be put back. Null where that cannot be: then nothing was done.
 *
 * kept (its load lies in the bin, unseen) → taken out only if it is still what was kept, with a mark in the same step → held (the load is
 * seen) → mark cleared. Whoever dies between leaves a load that `settleLoads` brings to its end by the mark.
 */
export async function removeKept(app: App, entry: SourceEntry, order: Order): Promise<KeptRemoval | null> {
  const { backend } = entry;
  const { bulk } = backend;
  for (let round = 0; bulk && round < TRIES; round += 1) {
    const before = await backend.getJob(order.queue, order.job, 0);
    if (before === null) return { kind: 'gone' };
    if (refuseToKeep(app, backend, before, order.withChildren) !== null) return null;
    if (order.kind === 'cancel' && !BEFORE_IT_BEGAN.includes(before.state)) return null;
    const kept = await keep(bulk, order);
    if (kept === null || kept.blob.length > MOST_KEPT_BYTES) return null;
    if (kept.state !== before.state) continue;
    const removal = await takeOut(app, entry, bulk, order, kept);
    if (removal !== 'again') return removal;
  }
  return null;
}

/** Null also for what the broker cannot pack: such a job is odd, and goes without being kept. */
async function keep(bulk: BulkMethods, { queue, job }: Order): Promise<KeptJob | null> {
  try {
    const { jobs } = await bulk.keepJobs(queue, [job]);
    return jobs[0] ?? null;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'broker_unavailable') throw error;
    log.warn({ err: (error as Error).message, queue, job }, 'a job cannot be kept in the recycle bin');
    return null;
  }
}

async function takeOut(
  { store, env }: App,
  { config, backend }: SourceEntry,
  bulk: BulkMethods,
  { queue, job, kind, why }: Order,
  kept: KeptJob,
): Promise<KeptRemoval | 'again' | null> {
  const from = { source: config.name, queue, operation: null, why, keptHours: env.binHours };
  const load = await writeLoad(store, from, [kept]);
  let outcome: BulkOutcome;
  try {
    const item = { id: job, print: kept.print };
    [outcome = null] = await bulk.changeJobs(markOf(load), queue, { kind, from: kept.state }, [item]);
  } catch (error) {
    // A broker that went away may have done it: its mark will tell.
    if (!(error instanceof CodedError) || error.code !== 'broker_refused') throw error;
    log.warn({ source: backend.name, queue }, 'the broker takes no marks: removed jobs are not kept');
    await dropLoad(store, load);
    return null;
  }
  await settle(store, bulk, queue, load, job, outcome === 'done');
  if (outcome === 'done') return { kind: 'kept', job: kept, entry: load };
  if (outcome === 'skipped: gone') return { kind: 'gone' };
  if (outcome === 'skipped: a worker holds it') return { kind: 'locked' };
  return outcome === 'changed' || outcome?.startsWith('skipped: no longer') ? 'again' : null;
}

/** Once the broker has answered, what fails here changes nothing about that: it is tried again by `settleLoads`. */
async function settle(
  store: Store,
  bulk: BulkMethods,
  queue: string,
  load: string,
  job: string,
  isOut: boolean,
): Promise<void> {
  try {
    if (isOut) await store.query(SET_LOAD_SQL, [load, [job], BIN.held]);
    else await dropLoad(store, load);
    await bulk.clearMarks(markOf(load), queue);
  } catch (error) {
    log.warn({ err: (error as Error).message, load }, 'a load of the recycle bin is settled later');
  }
}
