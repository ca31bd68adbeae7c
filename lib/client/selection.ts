import { timeFieldOf } from '@/lib/client/job-filter';
import type { FilterInput } from '@/lib/client/operations';
import type { JobState } from '@/lib/contracts/states';
import { formatCount } from '@/lib/format';

/**
 * A fixed set of jobs, whatever comes or goes: single ones by their ids, or all that matched a filter at a moment. The moment
 * stands in the filter itself (`to`), so that what comes later is not in the set.
 */
export type Selection =
  | { kind: 'ids'; ids: ReadonlySet<string> }
  | { kind: 'all'; filter: FilterInput; count: number; exact: boolean; asOf: string };

export const NOTHING: Selection = { kind: 'ids', ids: new Set() };

export const countSelected = (selection: Selection) =>
  selection.kind === 'ids' ? selection.ids.size : selection.count;

export function toggleIds(selection: Selection, ids: string[], on: boolean): Selection {
  const next = new Set(selection.kind === 'ids' ? selection.ids : []);
  for (const id of ids)
    if (on) next.add(id);
    else next.delete(id);
  return { kind: 'ids', ids: next };
}

/** All that match now, as the server counted them at `asOf`. */
export function selectAll(filter: FilterInput, answer: { matching: number; exact: boolean; asOf: string }): Selection {
  const state = filter.states?.[0] ?? 'failed';
  const to = filter.to && filter.to < answer.asOf ? filter.to : answer.asOf;
  return {
    kind: 'all',
    filter: { ...filter, timeField: timeFieldOf(state), to },
    count: answer.matching,
    exact: answer.exact,
    asOf: answer.asOf,
  };
}

interface RowTimes {
  id: string;
  addedAt: string;
  finishedAt: string | null;
}

/** Whether a row that the list shows is in the set. Rows that came after the moment are not. */
export function isSelected(selection: Selection, row: RowTimes): boolean {
  if (selection.kind === 'ids') return selection.ids.has(row.id);
  const at = selection.filter.timeField === 'finished' ? (row.finishedAt ?? row.addedAt) : row.addedAt;
  return at <= (selection.filter.to ?? '') && at >= (selection.filter.from ?? '');
}

/** The filter that an operation takes for it. */
export function toOperationFilter(
  selection: Selection,
  of: { source: string; queue: string; state: JobState },
): FilterInput {
  if (selection.kind === 'all') return selection.filter;
  return { source: of.source, queue: of.queue, ids: [...selection.ids] };
}

/** What has become of selected jobs since, by their newest state; null = out of the broker. */
export type Drift = ReadonlyMap<string, JobState | null>;

const DRIFT_WORDS: Record<JobState, string> = {
  waiting: 'put back to wait',
  active: 'running',
  delayed: 'delayed',
  prioritized: 'put back to wait',
  'waiting-children': 'waiting for children',
  completed: 'completed',
  failed: 'failed',
};

/** `3 of 25 have moved on since: 2 completed, 1 removed`; null when none has. */
export function describeDrift(selection: Selection, drift: Drift, home: JobState): string | null {
  if (selection.kind === 'all') return null;
  const groups = new Map<string, number>();
  let moved = 0;
  for (const [id, state] of drift) {
    if (!selection.ids.has(id) || state === home) continue;
    const word = state === null ? 'removed' : DRIFT_WORDS[state];
    groups.set(word, (groups.get(word) ?? 0) + 1);
    moved += 1;
  }
  if (moved === 0) return null;
  const parts = [...groups].sort((a, b) => b[1] - a[1]).map(([word, count]) => `${formatCount(count)} ${word}`);
  return `${formatCount(moved)} of ${formatCount(selection.ids.size)} ${moved === 1 ? 'has' : 'have'} moved on since: ${parts.join(', ')}`;
}

/** How many of a counted set are still where they were: from a later count of the same filter. */
export function describeShrink(count: number, now: { matching: number; exact: boolean }): string | null {
  const gone = count - now.matching;
  if (gone === 0 || !now.exact) return null;
  if (gone > 0) return `${formatCount(gone)} of ${formatCount(count)} have moved on since`;
  return `${formatCount(-gone)} more match now than when you selected`;
}
