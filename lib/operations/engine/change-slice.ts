import type { BulkChange, BulkItem, BulkMethods, BulkOutcome, KeptJob } from '@/lib/backends/bulk';
import { type LoadFrom, readLoad, writeLoad } from '@/lib/bin/loads';
import { findWithEffects } from '@/lib/jobs/effects';
import type { Store } from '@/lib/store/store';
import { mergePatchText } from '../merge-patch';
import type { LedgerAction } from '../rows';
import type { Gate } from './gate';

/** A job that changes between being read and being changed is read again this often. */
const TRIES = 5;
const MAX_KEPT_BYTES = 268_435_456;
/** What one load of the bin holds at most, unless one job is more. */
const MAX_LOAD_BYTES = 4_194_304;

/** What a slice is changed with. */
export interface Tools {
  store: Store;
  bulk: BulkMethods;
  gate: Gate;
  /** Name of its marks: a resumed operation has new ones. */
  operation: string;
  queue: string;
  action: LedgerAction;
  bin: LoadFrom;
  askWorker(id: string): Promise<string>;
}

/** Outcome of each job, and which load of the bin holds those that were taken out (null: look for the newest). */
export interface SliceResult {
  outcomes: Map<string, string>;
  loads: Map<string, string>;
  names: Map<string, { name: string; state: string }>;
}

export interface Slice {
  what: BulkChange;
  ids: string[];
  /** Load of each id, for a restore. */
  kept: Map<string, string> | null;
}

/**
 * Brings jobs to an outcome each. May be repeated at any point, by whoever: what the broker has marked is not done again, and
 * what is to be removed lies in the bin before.
 */
export async function changeSlice(tools: Tools, slice: Slice): Promise<SliceResult> {
  const result: SliceResult = { outcomes: new Map(), loads: new Map(), names: new Map() };
  let open = slice.ids;
  for (let round = 0; open.length > 0 && round < TRIES; round += 1) {
    const items = await prepare(tools, slice, open, result);
    const outcomes = await changeItems(tools, slice.what, items);
    open = [];
    for (const [i, item] of items.entries()) {
      const outcome = outcomes[i] ?? null;
      if (outcome === 'changed') open.push(item.id);
      else if (outcome === 'active') result.outcomes.set(item.id, await tools.askWorker(item.id));
      else if (outcome !== null) result.outcomes.set(item.id, outcome);
    }
  }
  for (const id of open) result.outcomes.set(id, 'failed: it changed again and again');
  return result;
}

/** Another monitor has brought the operation to its end: this one had lost it. */
export class EndedElsewhere extends Error {}

/** As changeAll. A completed job that has recorded effects is put back as a run of its own, named after the operation. */
async function changeItems(tools: Tools, what: BulkChange, items: readonly BulkItem[]): Promise<BulkOutcome[]> {
  if ((what.kind !== 'retry' && what.kind !== 'edit-and-retry') || what.from !== 'completed')
    return changeAll(tools, what, items);
  const { store, bin, queue, operation } = tools;
  const known = await findWithEffects(store, { source: bin.source, queue, jobs: items.map(({ id }) => id) });
  const outcomes = new Map<string, BulkOutcome>();
  for (const [change, some] of [
    [{ ...what, effectRun: operation }, items.filter(({ id }) => known.has(id))],
    [what, items.filter(({ id }) => !known.has(id))],
  ] as const) {
    const settled = await changeAll(tools, change, some);
    for (const [i, { id }] of some.entries()) outcomes.set(id, settled[i] ?? null);
  }
  return items.map(({ id }) => outcomes.get(id) ?? null);
}

/** Outcomes of all items: steps of the broker one after the other, taking turns with other operations. */
export async function changeAll(tools: Tools, what: BulkChange, items: readonly BulkItem[]): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  while (outcomes.length < items.length) {
    const rest = items.slice(outcomes.length);
    const step = await tools.gate.run(() => tools.bulk.changeJobs(tools.operation, tools.queue, what, rest));
    if (step.includes('ended')) throw new EndedElsewhere();
    outcomes.push(...step);
  }
  return outcomes;
}

/** What the change needs of each job. What cannot be had is an outcome at once. */
async function prepare(tools: Tools, slice: Slice, ids: string[], result: SliceResult): Promise<BulkItem[]> {
  switch (slice.what.kind) {
    case 'remove':
    case 'cancel':
      return keep(tools, ids, result);
    case 'edit-and-retry':
      return edit(tools, ids, result);
    case 'restore':
      return fetchKept(tools, ids, slice.kept ?? new Map(), result);
    default:
      return ids.map((id) => ({ id }));
  }
}

async function keep(tools: Tools, ids: string[], result: SliceResult): Promise<BulkItem[]> {
  const items: BulkItem[] = [];
  let load: KeptJob[] = [];
  const write = async () => {
    if (load.length === 0 || tools.bin.keptHours === 0) return;
    const id = await writeLoad(tools.store, tools.bin, load);
    for (const job of load) result.loads.set(job.id, id);
    load = [];
  };
  for (let at = 0; at < ids.length; ) {
    const some = ids.slice(at);
    const { through, jobs } = await tools.gate.run(() => tools.bulk.keepJobs(tools.queue, some));
    at += through;
    const found = new Map(jobs.map((job) => [job.id, job]));
    for (const id of some.slice(0, through)) {
      const job = found.get(id);
      if (job && job.blob.length > MAX_KEPT_BYTES) result.outcomes.set(id, 'failed: too large for the recycle bin');
      else {
        items.push({ id, print: job?.print ?? '' });
        if (job) result.names.set(id, job);
        if (job) load.push(job);
      }
    }
    if (load.reduce((sum, { blob }) => sum + blob.length, 0) > MAX_LOAD_BYTES) await write();
  }
  await write();
  return items;
}

async function edit({ bulk, gate, queue, action }: Tools, ids: string[], result: SliceResult): Promise<BulkItem[]> {
  if (action.kind !== 'edit-and-retry') throw new Error(`no patch in ${action.kind}`);
  const items: BulkItem[] = [];
  for (let at = 0; at < ids.length; ) {
    const some = ids.slice(at);
    const { through, jobs } = await gate.run(() => bulk.readData(queue, some));
    at += through;
    const found = new Map(jobs.map((job) => [job.id, job]));
    for (const id of some.slice(0, through)) {
      const job = found.get(id);
      if (!job) {
        items.push({ id, print: '', data: '{}' });
        continue;
      }
      try {
        items.push({ id, print: job.print, data: mergePatchText(job.data, action.patch) });
      } catch {
        result.outcomes.set(id, 'failed: its data is not JSON');
      }
    }
  }
  return items;
}

async function fetchKept(
  { store }: Tools,
  ids: string[],
  kept: ReadonlyMap<string, string>,
  result: SliceResult,
): Promise<BulkItem[]> {
  const loads = new Map<string, Map<string, Buffer> | null>();
  const items: BulkItem[] = [];
  for (const id of ids) {
    const load = kept.get(id) ?? '';
    if (!loads.has(load)) loads.set(load, await readLoad(store, load));
    const blob = loads.get(load)?.get(id);
    if (blob) items.push({ id, kept: blob });
    else result.outcomes.set(id, 'failed: the recycle bin no longer holds it');
  }
  return items;
}
