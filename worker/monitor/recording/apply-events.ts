import type { RecordBatch, RecordedFields } from '@/lib/backends/recording';
import type { Store } from '@/lib/store/store';
import type { Ledger } from './ledger';
import { loadRecords } from './load-records';
import { keyOf, type Memory } from './memory';
import { reduce } from './reduce';

/** Takes a batch's events onto the records, which are read from the store where memory has not got them. */
export async function applyEvents(
  { events, fields }: Pick<RecordBatch, 'events' | 'fields'>,
  { store, source, memory, ledger }: { store: Store; source: string; memory: Memory; ledger: Ledger },
): Promise<void> {
  const fieldsOf = new Map<string, RecordedFields>(fields.map((one) => [keyOf(one.queue, one.id), one]));
  const unknown = new Map<string, { queue: string; id: string }>();
  for (const { queue, id, kind } of events) {
    const key = keyOf(queue, id);
    // The first that is told of a job which is added: nothing is known of it yet.
    if (memory.has(queue, id) || unknown.has(key)) continue;
    if (kind === 'added') unknown.set(key, { queue: '', id: '' });
    else unknown.set(key, { queue, id });
  }
  const missing = [...unknown.values()].filter(({ id }) => id !== '');
  for (const record of await loadRecords(store, source, missing)) memory.set(record);
  for (const event of events) {
    const known = memory.get(event.queue, event.id) ?? null;
    const record = reduce(known, event, fieldsOf.get(keyOf(event.queue, event.id)) ?? null, ledger.tally);
    ledger.assign(record);
    if (record !== null && record !== known) memory.set(record);
  }
}
