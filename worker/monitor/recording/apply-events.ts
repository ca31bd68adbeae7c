import type { RecordBatch, RecordedEvent, RecordedFields } from '@/lib/backends/recording';
import type { Scope } from './job-scope';
import { loadRecords } from './load-records';
import { keyOf } from './memory';
import { reduce } from './reduce';

/** Takes a batch's events onto the records, which are read from the store where memory has not got them. */
export async function applyEvents(
  { events, fields, gaps }: Pick<RecordBatch, 'events' | 'fields' | 'gaps'>,
  scope: Scope,
): Promise<void> {
  const { store, source, memory, ledger, marks, refused } = scope;
  const fieldsOf = new Map<string, RecordedFields>(fields.map((one) => [keyOf(one.queue, one.id), one]));
  const unknown = new Map<string, { queue: string; id: string } | null>();
  const ahead = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const { queue, id, kind } = event;
    const key = keyOf(queue, id);
    // The first that is told of a job which is added: nothing is known of it yet.
    if (!memory.has(queue, id) && !unknown.has(key)) unknown.set(key, kind === 'added' ? null : { queue, id });
    if (unknown.get(key)) addTo(ahead, key, event);
  }
  const missing = [...unknown.values()].flatMap((job) => job ?? []);
  for (const record of await loadRecords(store, source, missing)) memory.set(record);
  const cut = new Set(gaps.map(({ queue }) => queue));
  // Fields were read after all events: they are of the last life.
  const lastLife = new Map<string, number>();
  for (const [n, { queue, id, kind }] of events.entries()) if (kind === 'added') lastLife.set(keyOf(queue, id), n);
  for (const [n, event] of events.entries()) {
    const { queue, id } = event;
    const isLast = n >= (lastLife.get(keyOf(queue, id)) ?? 0);
    refused.guard(event, scope, () => {
      const known = memory.get(queue, id) ?? null;
      const fields = (isLast && fieldsOf.get(keyOf(queue, id))) || null;
      const record = reduce(known, event, fields, ledger.tally, {
        isCounted: marks.isCounted(queue, id),
        isCut: cut.has(queue) || marks.get(queue).gap !== null,
        ...(known === null ? { ahead: restOf(ahead.get(keyOf(queue, id)), event) } : {}),
      });
      ledger.assign(record);
      if (record !== null && record !== known) memory.set(record);
    });
  }
}

const restOf = (list: RecordedEvent[] = [], event: RecordedEvent) => list.slice(Math.max(0, list.indexOf(event)));

function addTo(lists: Map<string, RecordedEvent[]>, key: string, event: RecordedEvent): void {
  const list = lists.get(key);
  if (list) list.push(event);
  else lists.set(key, [event]);
}
