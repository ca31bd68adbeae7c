import type { ActionKind, FilterInput } from '@/lib/client/operations';
import type { Operation } from '@/lib/contracts/operations';
import { formatCount } from '@/lib/format';

export const ACTION_LABELS: Record<Operation['kind'], string> = {
  retry: 'Retry',
  remove: 'Remove',
  promote: 'Promote',
  cancel: 'Cancel',
  'edit-and-retry': 'Edit and retry',
  duplicate: 'Duplicate',
  move: 'Move',
  restore: 'Restore',
};

/** `1,201 will be …`. */
export const WILL_BE: Record<ActionKind, string> = {
  retry: 'put back to run again',
  remove: 'removed',
  promote: 'run as soon as a slot is free',
  cancel: 'cancelled',
  'edit-and-retry': 'edited and put back to run again',
  duplicate: 'duplicated',
  move: 'moved',
};

/** What it means for each job, said before it is done. */
export const MEANS: Record<ActionKind, string> = {
  retry: 'Each goes back to its queue and runs again, with whatever it does outside of it.',
  remove: 'Each leaves the broker with its data, result and log. The recycle bin keeps them for a while.',
  promote: 'Each runs as soon as a slot is free, not when it was due.',
  cancel: 'A job that waits leaves the queue. One that runs is asked to stop and ends as failed, "cancelled".',
  'edit-and-retry': 'Each gets the patch merged into its data and goes back to its queue, in one step.',
  duplicate: 'Each is added once more, as a new job with the same name, data and options. The old ones stay.',
  move: 'Each leaves this queue and is added to the other one, with the same id, data and options.',
};

/** A filter's conditions, one each; `when` shows a time as the reader knows it. */
export function listClauses(filter: FilterInput, when: (iso: string) => string): { name: string; value: string }[] {
  const clauses = [{ name: 'queue', value: filter.queue }];
  if (filter.states) clauses.push({ name: 'state', value: filter.states.join(' or ') });
  if (filter.names) clauses.push({ name: 'name', value: filter.names.join(' or ') });
  if (filter.error !== undefined) clauses.push({ name: 'error has', value: `"${filter.error}"` });
  for (const { path, value } of filter.data ?? []) clauses.push({ name: path, value: JSON.stringify(value) });
  if (filter.from) clauses.push({ name: `${filter.timeField ?? 'added'} from`, value: when(filter.from) });
  if (filter.to) clauses.push({ name: `${filter.timeField ?? 'added'} until`, value: when(filter.to) });
  if (filter.ids) clauses.push({ name: 'chosen by hand', value: formatCount(filter.ids.length) });
  return clauses;
}

/** `Retry 1,204 jobs`, `Retry 1 job`. */
export function nameOperation(kind: Operation['kind'], count: number, isExact = true): string {
  return `${ACTION_LABELS[kind]} ${isExact ? '' : '≈ '}${formatCount(count)} ${count === 1 ? 'job' : 'jobs'}`;
}
