import { randomUUID } from 'node:crypto';
import type { QueueBackend } from '@/lib/backends/backend';
import type { BulkChange, BulkItem } from '@/lib/backends/bulk';
import { CodedError } from '@/lib/contracts/errors';
import { FlowTree } from '@/lib/contracts/flows';
import { JOB_STATES } from '@/lib/contracts/states';
import { NIGHTLY, type RightsPlace, SHOP } from './rights-place';

/** Names are those of the backend's methods, `bulk.`, `flows.` and so on before those of its parts; what follows a space tells two calls apart. */
export type Call = (backend: QueueBackend, place: RightsPlace) => Promise<unknown> | undefined;
type Read = (backend: QueueBackend, silentMs: number) => Promise<unknown> | undefined;

const NOTHING = Symbol('nothing came');
/** Longer than what speaks ever takes; where silence is what a test expects, it says how long it waits for it. */
const SILENT_MS = 10_000;
const BOUNDS = { maxRemoved: 1_000, maxMs: 1_000 };
const ALL = { names: null, timeField: 'added', fromMs: null, toMs: null, error: null, data: true } as const;

const READS: Record<string, Read> = {
  facts: (at) => at.facts(),
  commandCount: (at) => at.commandCount?.(),
  queueNames: (at) => at.queueNames(),
  snapshot: (at) => at.snapshot(),
  hasQueue: (at) => at.hasQueue('not-there'),
  ...Object.fromEntries(
    JOB_STATES.map((state) => [`listJobs ${state}`, (at: QueueBackend) => at.listJobs(SHOP, state, null, 10)]),
  ),
  getJob: (at) => at.getJob(SHOP, 'retry', 1_000),
  'getJob mother': (at) => at.getJob(SHOP, 'mother', 1_000),
  readPayload: (at) => at.readPayload(SHOP, 'retry', 'data'),
  getLogs: (at) => at.getLogs(SHOP, 'clear-log', 0, 10),
  listWorkers: (at) => at.listWorkers(),
  events: (at, silentMs) => firstOf(silentMs, (signal) => at.events(signal)),
  readRateLimit: (at) => at.readRateLimit?.(SHOP),
  readMeta: (at) => at.readMeta?.(SHOP),
  cancelState: (at) => at.cancelState?.('busy', 'running'),
  inspect: (at) => at.inspect?.(),
  motion: (at) => at.motion?.(SHOP),
  'motion busy': (at) => at.motion?.('busy'),
  standing: (at) => at.standing?.(SHOP, 'edit'),
  'standing prioritized': (at) => at.standing?.(SHOP, 'ranked'),
  'standing mother': (at) => at.standing?.(SHOP, 'mother'),
  'standing running': (at) => at.standing?.('busy', 'running'),
  'recording.record': (at, silentMs) =>
    firstOf(silentMs, (signal) => at.recording?.record(null, { signal, waitMs: () => 1 })),
  'recording.sweepFields': (at) => at.recording?.sweepFields(SHOP, 'failed', null, null),
  'recording.sweepFields waiting': (at) => at.recording?.sweepFields(SHOP, 'waiting', null, null),
  'recording.readFields': (at) => at.recording?.readFields(SHOP, ['retry', 'none']),
  'recording.hasJobs': (at) => at.recording?.hasJobs(SHOP, ['retry', 'none']),
  'recording.readTotals': (at) => at.recording?.readTotals(SHOP),
  'bulk.scanJobs': (at) => at.bulk?.scanJobs(SHOP, 'failed', ALL, null),
  'bulk.scanJobs waiting': (at) => at.bulk?.scanJobs(SHOP, 'waiting', ALL, null),
  'bulk.readStates': (at) => at.bulk?.readStates(SHOP, ['retry', 'edit']),
  'bulk.keepJobs': (at) => at.bulk?.keepJobs(SHOP, ['retry', 'clear-log', 'mother']),
  'bulk.readData': (at) => at.bulk?.readData(SHOP, ['retry']),
  'schedulers.list': (at) => at.schedulers?.list(null, null, 10),
  'schedulers.have': (at) => at.schedulers?.have([{ queue: SHOP, id: 'nightly' }]),
  'schedulers.lastRuns': async (at) => at.schedulers?.lastRuns(await at.schedulers.list(null, null, 10)),
  'schedulers.find': (at) => at.schedulers?.find(SHOP, 'nightly'),
  'flows.search': (at) => at.flows?.search(['waiting-children', 'failed'], null, 10),
  'flows.nodes': (at) => at.flows?.nodes([{ queue: SHOP, id: 'mother' }]),
  'flows.held': (at) => at.flows?.held(SHOP),
  'flows.level': (at) => at.flows?.level(SHOP, 'mother', { kind: null, after: null, limit: 10 }),
};

/** Names of the reads that were refused, or silent; any other failure is thrown. */
export async function readAll(backend: QueueBackend, silentMs = SILENT_MS): Promise<string[]> {
  const lost: string[] = [];
  for (const [name, call] of Object.entries(READS)) {
    try {
      if ((await call(backend, silentMs)) === NOTHING) lost.push(name);
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'broker_refused') throw new Error(name, { cause: error });
      lost.push(name);
    }
  }
  return lost;
}

/** Each finds what it needs in the place; what is put back or added anew comes last. */
export const CHANGES: Record<string, Call> = {
  addJobs: (at) =>
    at.addJobs(SHOP, [{ name: 'new', data: {}, options: { deduplication: { id: 'fresh', ttlMs: 60_000 } } }]),
  'addJobs delayed': (at) => at.addJobs(SHOP, [{ name: 'new', data: {}, options: { delayMs: 60_000, priority: 3 } }]),
  retry: (at) => at.retry?.(SHOP, 'retry', { resetAttempts: true, dataText: '{"n":1}' }),
  promote: (at) => at.promote?.(SHOP, 'promote'),
  remove: (at) => at.remove?.(SHOP, 'remove'),
  duplicate: (at) => at.duplicate?.(SHOP, 'duplicate', 'duplicate-2', { id: 'twice', ttlMs: 60_000 }),
  editData: (at) => at.editData?.(SHOP, 'edit', '{"n":1}'),
  prioritize: (at) => at.prioritize?.(SHOP, 'prioritize', 7, false),
  reschedule: (at) => at.reschedule?.(SHOP, 'reschedule', Date.now() + 7_200_000),
  setProgress: (at) => at.setProgress?.(SHOP, 'progress', 50),
  addLogs: (at) => at.addLogs?.(SHOP, 'add-log', ['hello']),
  clearLogs: (at) => at.clearLogs?.(SHOP, 'clear-log', 1),
  undeduplicate: (at) => at.undeduplicate?.(SHOP, 'undeduplicate'),
  removeChildren: (at) => at.removeChildren?.(SHOP, 'mother'),
  cancel: (at) => at.cancel?.(SHOP, 'cancel', orderNow()),
  'cancel running': (at) => at.cancel?.('busy', 'running', orderNow()),
  orderWorker: (at, { workerId }) => at.orderWorker?.(workerId, { kind: 'quiet', by: 'tester' }),
  'bulk.changeJobs retry': many({ kind: 'retry', from: 'failed', resetAttempts: true }, () => ({ id: 'bulk-retry' })),
  'bulk.changeJobs promote': many({ kind: 'promote', from: 'delayed' }, () => ({ id: 'bulk-promote' })),
  'bulk.changeJobs remove': many({ kind: 'remove', from: 'waiting' }, ({ prints }) => ({
    ...{ id: 'bulk-remove', print: prints['bulk-remove'] },
  })),
  'bulk.changeJobs cancel': many({ kind: 'cancel', from: 'waiting' }, ({ prints }) => ({
    ...{ id: 'bulk-cancel', print: prints['bulk-cancel'] },
  })),
  'bulk.changeJobs edit-and-retry': many({ kind: 'edit-and-retry', from: 'failed' }, ({ prints }) => ({
    ...{ id: 'bulk-edit', print: prints['bulk-edit'], data: '{"n":2}' },
  })),
  'bulk.changeJobs duplicate': many({ kind: 'duplicate', from: 'waiting' }, () => ({ id: 'bulk-duplicate' })),
  'bulk.changeJobs move': many({ kind: 'move', from: 'waiting', toQueue: 'moved' }, () => ({ id: 'bulk-move' })),
  'bulk.changeJobs restore': many({ kind: 'restore' }, ({ kept }) => ({ id: kept.id, kept: kept.blob })),
  'bulk.clearMarks': (at) => at.bulk?.clearMarks(randomUUID(), SHOP),
  'bulk.forgetMarks': (at) => at.bulk?.forgetMarks(randomUUID(), SHOP),
  'schedulers.put': (at) => at.schedulers?.put(SHOP, 'weekly', { ...NIGHTLY, pattern: '0 3 * * 1' }, false),
  'schedulers.run': (at) => at.schedulers?.run(SHOP, { name: 'nightly', data: '{}', opts: '{}' }),
  'schedulers.remove': (at) => at.schedulers?.remove(SHOP, 'nightly', null),
  'flows.add': (at) => at.flows?.add(FlowTree.parse(TREE), false),
  drain: (at) => at.drain?.('drained', true, BOUNDS),
  clean: (at) => at.clean?.('cleaned', { state: 'waiting', before: Date.now() + 60_000, from: null }, BOUNDS),
  obliterate: (at) => at.obliterate?.('swept', BOUNDS),
  removeOrphans: (at) => at.removeOrphans?.('orphaned', null, BOUNDS),
  setConcurrency: (at) => at.setConcurrency?.(SHOP, 5),
  setRateLimit: (at) => at.setRateLimit?.(SHOP, { max: 10, durationMs: 1_000 }),
  trimEvents: (at) => at.trimEvents?.(SHOP, 1),
  pause: (at) => at.pause?.(SHOP),
  resume: (at) => at.resume?.(SHOP),
};

/** Code and sentence of each change's refusal, each once; throws where one is not refused, or without a code. */
export async function refusalsOf(backend: QueueBackend, place: RightsPlace): Promise<string[]> {
  const told = new Set<string>();
  for (const [name, call] of Object.entries(CHANGES)) {
    const asked = call(backend, place);
    if (asked === undefined) continue;
    const error = await asked.then(
      (outcome) => new Error(`${name} is not refused: ${JSON.stringify(outcome)}`),
      (thrown: Error) => thrown,
    );
    if (!(error instanceof CodedError)) throw new Error(name, { cause: error });
    told.add(`${error.code}: ${error.detail}`);
  }
  return [...told];
}

/** Not asked for: they name, count or end, and ask the broker nothing. */
const NEITHER = ['kind', 'name', 'cannot', 'cost', 'close', 'recording.cost', 'bulk.refuseMove', 'flows.limits'];

/** Methods of the backend that neither READS nor CHANGES call. */
export function uncalled(backend: QueueBackend): string[] {
  const called = new Set([...Object.keys(READS), ...Object.keys(CHANGES)].map((name) => name.split(' ')[0]));
  const parts = Object.entries(backend).flatMap(([name, value]) =>
    value !== null && typeof value === 'object' && name !== 'cannot'
      ? Object.keys(value).map((inner) => `${name}.${inner}`)
      : [name],
  );
  return parts.filter((name) => !called.has(name) && !NEITHER.includes(name));
}

const TREE = {
  ...{ queue: SHOP, name: 'top', options: { id: 'top' } },
  children: [{ queue: 'children', name: 'leaf', options: { id: 'leaf' } }],
};

const orderNow = () => ({ by: 'tester', reason: null, at: Date.now() });

function many(change: BulkChange, toItem: (place: RightsPlace) => BulkItem): Call {
  return (at, place) => at.bulk?.changeJobs(randomUUID(), SHOP, change, [toItem(place)]);
}

/** What comes first; NOTHING when nothing comes in time. */
async function firstOf<T>(
  silentMs: number,
  open: (signal: AbortSignal) => AsyncIterable<T> | undefined,
): Promise<T | typeof NOTHING> {
  const ends = new AbortController();
  const late = setTimeout(() => ends.abort(), silentMs);
  try {
    for await (const one of open(ends.signal) ?? []) return one;
    return NOTHING;
  } finally {
    clearTimeout(late);
    ends.abort();
  }
}
