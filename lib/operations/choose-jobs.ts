import type { Position } from '@/lib/backends/backend';
import type { BulkMethods, ScanWants } from '@/lib/backends/bulk';
import { CodedError } from '@/lib/contracts/errors';
import type { JobFilter, OperationKind } from '@/lib/contracts/operations';
import { JOB_STATES, type JobState } from '@/lib/contracts/states';
import { isStorable } from '@/lib/contracts/storable';
import { refuseState } from './eligible';
import { matchesData } from './match-data';

export const MAX_JOBS = 1_000_000;
const STATES_PER_READ = 500;

/** The jobs that an operation would change, by the state that they were found in; and how many others fit its filter. */
export interface Choice {
  groups: { state: JobState; ids: string[] }[];
  matching: number;
  eligible: number;
  notEligible: { reason: string; count: number }[];
  searched: number;
  /** False when time ran out before everything was looked at. */
  exact: boolean;
}

/**
 * Looks through the states of the filter, in steps that each hold the broker a few ms. What changes its state meanwhile is met
 * in one of the two. Throws validation_failed above a million jobs.
 */
export async function chooseJobs(
  bulk: BulkMethods,
  filter: JobFilter,
  kind: Exclude<OperationKind, 'restore'>,
  limits: { ms: number; signal: AbortSignal },
): Promise<Choice> {
  const search = new Search(bulk, filter, Date.now() + limits.ms, limits.signal);
  const found = filter.ids && !needsScan(filter) ? await search.byIds(filter.ids) : await search.byScan();
  const choice: Choice = {
    groups: [],
    matching: 0,
    eligible: 0,
    notEligible: [],
    searched: search.searched,
    exact: search.isWhole,
  };
  for (const [state, ids] of found) {
    if (ids.length === 0) continue;
    choice.matching += ids.length;
    const reason = refuseState(kind, state);
    if (reason !== null) {
      choice.notEligible.push({ reason, count: ids.length });
      continue;
    }
    choice.eligible += ids.length;
    // Jobs that are queued again keep their order when the oldest goes first; a list is read from its newest end.
    const isList = state === 'waiting' || state === 'active';
    choice.groups.push({ state, ids: isList && (kind === 'move' || kind === 'duplicate') ? ids.reverse() : ids });
  }
  if (search.unnameable.size > 0)
    choice.notEligible.push({ reason: 'their ids hold a NUL character', count: search.unnameable.size });
  if (search.missing > 0) choice.notEligible.push({ reason: 'they are gone', count: search.missing });
  return choice;
}

/** Ids alone are looked up; with conditions the state is searched and the ids narrow it. */
const needsScan = ({ names, from, to, error, data }: JobFilter): boolean =>
  [names, from, to, error, data].some((condition) => condition !== undefined);

class Search {
  searched = 0;
  missing = 0;
  /** Ids that the ledger cannot hold. */
  readonly unnameable = new Set<string>();
  isWhole = true;
  #seen = new Set<string>();

  constructor(
    private readonly bulk: BulkMethods,
    private readonly filter: JobFilter,
    private readonly endsAt: number,
    private readonly signal: AbortSignal,
  ) {}

  async byIds(given: readonly string[]): Promise<Map<JobState, string[]>> {
    const ids = [...new Set(given)];
    const found = new Map<JobState, string[]>();
    for (let i = 0; i < ids.length; i += STATES_PER_READ) {
      const some = ids.slice(i, i + STATES_PER_READ);
      const states = await this.bulk.readStates(this.filter.queue, some);
      some.forEach((id, k) => {
        const state = states[k] ?? null;
        if (state === null) this.missing += 1;
        else if (!isStorable(id)) this.unnameable.add(id);
        else if (this.filter.states?.includes(state) ?? true) {
          const known = found.get(state) ?? [];
          known.push(id);
          found.set(state, known);
        }
      });
    }
    this.searched = ids.length;
    return found;
  }

  async byScan(): Promise<Map<JobState, string[]>> {
    const found = new Map<JobState, string[]>();
    for (const state of this.filter.states ?? JOB_STATES) found.set(state, await this.#scanState(state));
    return found;
  }

  async #scanState(state: JobState): Promise<string[]> {
    const { filter } = this;
    const wants = toWants(filter);
    const only = filter.ids ? new Set(filter.ids) : null;
    const ids: string[] = [];
    let position: Position | null = null;
    do {
      this.signal.throwIfAborted();
      const step = await this.bulk.scanJobs(filter.queue, state, wants, position);
      this.searched += step.searched;
      for (const job of step.jobs) {
        if (this.#seen.has(job.id) || (only && !only.has(job.id))) continue;
        if (!isStorable(job.id)) {
          this.unnameable.add(job.id);
          continue;
        }
        if (filter.data && !matchesData(job.data, filter.data)) continue;
        this.#seen.add(job.id);
        ids.push(job.id);
      }
      if (this.#seen.size > MAX_JOBS)
        throw new CodedError('validation_failed', 'More than 1,000,000 jobs fit: narrow the filter.');
      position = step.next;
      if (position !== null && Date.now() > this.endsAt) {
        this.isWhole = false;
        return ids;
      }
    } while (position !== null);
    return ids;
  }
}

function toWants({ names, timeField, from, to, error, data }: JobFilter): ScanWants {
  return {
    names: names ?? null,
    timeField,
    fromMs: from === undefined ? null : Date.parse(from),
    toMs: to === undefined ? null : Date.parse(to),
    error: error?.toLowerCase() ?? null,
    data: data !== undefined,
  };
}
