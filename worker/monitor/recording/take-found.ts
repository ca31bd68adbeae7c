import { FLAGS, isOpen } from '@/lib/store/history/states';
import type { Finding } from './findings';
import type { JobRecord } from './job-record';
import type { Scope } from './job-scope';
import { loadRecords } from './load-records';
import { keyOf } from './memory';
import { takeSwept } from './take-swept';

/** Jobs as the broker holds them onto their records; those that were touched since are left as their events say. */
export async function takeSweptJobs(
  { fields }: Extract<Finding, { kind: 'swept' }>,
  touched: ReadonlySet<string>,
  scope: Scope,
): Promise<void> {
  const { memory, ledger, store, source, marks, refused } = scope;
  const still = fields.filter(({ queue, id }) => !touched.has(keyOf(queue, id)));
  const unknown = still.filter(({ queue, id }) => !memory.has(queue, id));
  const stored = new Map<string, JobRecord>();
  for (const record of await loadRecords(store, source, unknown)) stored.set(keyOf(record.queue, record.id), record);
  for (const one of still)
    refused.guard(one, scope, () => {
      const known = memory.get(one.queue, one.id) ?? stored.get(keyOf(one.queue, one.id)) ?? null;
      const record = takeSwept(known, one, ledger, {
        added: marks.isCounted(one.queue, one.id),
        ended: one.finishedAt !== null && marks.isEndCounted(one.queue, one.finishedAt),
      });
      if (record) memory.set(record);
    });
}

/** Open records of jobs that the broker has not got any more: they ended, and nobody saw how. Resolves to how many. */
export async function takeMissingJobs(
  { task, ids }: Extract<Finding, { kind: 'missing' }>,
  touched: ReadonlySet<string>,
  { memory, ledger, store, source }: Scope,
): Promise<number> {
  const refs = ids.map((id) => ({ queue: task.queue, id })).filter(({ id }) => !touched.has(keyOf(task.queue, id)));
  const stored = await loadRecords(
    store,
    source,
    refs.filter(({ queue, id }) => !memory.has(queue, id)),
  );
  const known = [...stored, ...refs.flatMap(({ queue, id }) => memory.get(queue, id) ?? [])];
  let settled = 0;
  for (const record of known) {
    if (!isOpen(record.state)) continue;
    record.state = 'unseen';
    record.flags |= FLAGS.gone;
    ledger.assign(record);
    memory.set(record);
    settled += 1;
  }
  return settled;
}
