import { BIN, findLoads, SET_LOAD_SQL } from '@/lib/bin/loads';
import { cleanText } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';
import { type Chunk, RECORD_SQL } from '../ledger';
import type { OperationRow } from '../rows';
import type { SliceResult } from './change-slice';

/** Writes a slice's outcomes into the ledger, and into the bin what became of the jobs there, all or nothing. */
export async function recordSlice(
  store: Store,
  operation: OperationRow,
  chunk: Chunk,
  result: Pick<SliceResult, 'outcomes'> & Partial<SliceResult>,
): Promise<void> {
  const outcomes = chunk.ids.map((id) => result.outcomes.get(id) ?? null);
  const values = [operation.id, chunk.n, outcomes];
  const states = await binStates(store, operation, chunk, result);
  const cancelled = operation.kind === 'cancel' ? doneIds(result).filter((id) => result.names?.has(id)) : [];
  if (states.length === 0 && cancelled.length === 0) await store.query(RECORD_SQL, values);
  else
    await store.transaction(async (client) => {
      await client.query(RECORD_SQL, values);
      for (const { load, ids, state } of states) await client.query(SET_LOAD_SQL, [load, ids, state]);
      if (cancelled.length > 0) await client.query(CANCELLED_SQL, cancelledValues(operation, cancelled, result));
    });
  chunk.ids.forEach((id, i) => {
    chunk.outcomes[i] ??= result.outcomes.get(id) ?? null;
  });
}

const doneIds = ({ outcomes }: Pick<SliceResult, 'outcomes'>) =>
  [...outcomes].filter(([, outcome]) => outcome.startsWith('done')).map(([id]) => id);

interface BinState {
  load: string;
  ids: string[];
  state: number;
}

async function binStates(
  store: Store,
  { id, kind }: OperationRow,
  chunk: Chunk,
  result: Pick<SliceResult, 'outcomes'> & Partial<SliceResult>,
): Promise<BinState[]> {
  if (kind === 'remove' || kind === 'cancel') {
    const done = doneIds(result).filter((job) => result.outcomes.get(job) === 'done');
    const unknown = done.filter((job) => !result.loads?.has(job));
    const found = unknown.length > 0 ? await findLoads(store, id, unknown) : new Map<string, string>();
    return groupByLoad(done, (job) => result.loads?.get(job) ?? found.get(job), BIN.held);
  }
  if (kind !== 'restore' || !chunk.kept) return [];
  const loadOf = (job: string) => chunk.kept?.[chunk.ids.indexOf(job)];
  const jobs = [...result.outcomes];
  const back = jobs.filter(([, outcome]) => outcome === 'done').map(([job]) => job);
  const stay = jobs.filter(([, outcome]) => outcome !== 'done').map(([job]) => job);
  return [...groupByLoad(back, loadOf, BIN.restored), ...groupByLoad(stay, loadOf, BIN.held)];
}

function groupByLoad(ids: readonly string[], loadOf: (id: string) => string | undefined, state: number): BinState[] {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const load = loadOf(id);
    if (load !== undefined) groups.set(load, [...(groups.get(load) ?? []), id]);
  }
  return [...groups].map(([load, some]) => ({ load, ids: some, state }));
}

/** The same record that a single cancellation leaves. */
const CANCELLED_SQL = `
INSERT INTO queuedeck.cancelled_job (source, queue, job, name, state, by, reason)
SELECT $1, $2, c.job, c.name, c.state, $3, $4 FROM unnest($5::text[], $6::text[], $7::text[]) AS c(job, name, state)
ON CONFLICT (source, queue, job) DO UPDATE
   SET name = excluded.name, state = excluded.state, by = excluded.by, reason = excluded.reason, cancelled_at = now()`;

function cancelledValues({ source, queue, by, reason }: OperationRow, ids: string[], { names }: Partial<SliceResult>) {
  const of = ids.map((id) => names?.get(id));
  const keys = ids.map(storedText);
  return [
    source,
    storedText(queue),
    by,
    reason,
    keys,
    of.map((one) => cleanText(one?.name ?? '')),
    of.map((one) => one?.state ?? 'waiting'),
  ];
}
