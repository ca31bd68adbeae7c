import type pg from 'pg';
import { FlowRoots } from '@/lib/store/flows/roots';
import { type FlowFailure, findTakenForRoots, moveToRoots, writeFlowFailures } from '@/lib/store/flows/write-failures';
import { hasFlag } from '@/lib/store/history/states';
import type { Store } from '@/lib/store/store';
import type { JobRecord } from './job-record';

/** What records say of flows: which of their jobs stand as failed, and under which root. Prepared before the transaction that writes it. */
export class FlowNotes {
  readonly #roots: FlowRoots;

  constructor(
    private readonly store: Store,
    private readonly source: string,
  ) {
    this.#roots = new FlowRoots(store, source);
  }

  async prepare(records: readonly JobRecord[]): Promise<(client: pg.PoolClient) => Promise<void>> {
    const { source } = this;
    const ofFlows = records.filter(({ detail }) => detail.parent || detail.hasChildren);
    if (ofFlows.length === 0) return async () => undefined;
    this.#roots.note(ofFlows.map((record) => ({ ...placeOf(record), parent: parentOf(record) })));
    const failed = ofFlows.filter(standsAsFailed);
    const others = ofFlows.filter((record) => !standsAsFailed(record)).map(placeOf);
    const roots = await this.#roots.rootsOf(failed.map(placeOf));
    const failures = failed.flatMap((record, i): FlowFailure[] => {
      const root = roots[i];
      if (!root) return [];
      const { name, addedAt, finishedAt } = record;
      return [{ ...placeOf(record), name, addedAt, failedAt: finishedAt ?? addedAt, root }];
    });
    // A job may have failed before it was known that its parent has one.
    const met = ofFlows.filter(({ detail }) => detail.parent).map(placeOf);
    const taken = await findTakenForRoots(this.store, source, met);
    const rootsOfTaken = await this.#roots.rootsOf(taken);
    const moved = taken.flatMap((from, i) => {
      const to = rootsOfTaken[i];
      return to ? [{ from, to }] : [];
    });
    return async (client) => {
      await moveToRoots(client, source, moved);
      await writeFlowFailures(client, source, failures, others);
    };
  }
}

const placeOf = ({ queue, id }: JobRecord) => ({ queue, id });
const parentOf = ({ detail: { parent } }: JobRecord) => (parent ? { queue: parent[0], id: parent[1] } : null);
const standsAsFailed = ({ state, flags }: JobRecord) => state === 'failed' && !hasFlag(flags, 'gone');
