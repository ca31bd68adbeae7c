import type { BrokerRow } from '@/lib/backends/backend';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { FlowList, FlowRoot } from '@/lib/contracts/flows';
import { toIso } from '@/lib/iso-time';
import {
  countFailing,
  dropStale,
  type FailedPlace,
  type FailingFlow,
  type FailingPlace,
  type FlowCoverage,
  readFailing,
  readFlowCoverage,
  readNames,
} from '@/lib/store/flows/read-failing';
import { inTurn } from '@/lib/turns';
import type { Ask } from '@/lib/verbs';

const STATES_PER_READ = 500;
/** Of each flow that are named. */
const NAMED = 3;
/** A list that is about something else waits no longer for their number. */
const COUNT_PATIENCE_MS = 300;

export interface FailingPage {
  items: FlowRoot[];
  next: FailingPlace | null;
  /** Sources that the record answers for. */
  coverage: FlowCoverage[];
  failing: FlowList['failing'];
  missing: Map<string, CodedError>;
}

/**
 * Flows in which a job stands as failed, by the record, as their brokers hold them now: what is failed no longer is taken out of it.
 * `from` 'end': all of them were listed. Empty, with no source that it answers for, while the store is away.
 */
export async function listFailing(
  ask: Ask,
  entries: SourceEntry[],
  from: FailingPlace | 'end' | null,
  limit: number,
): Promise<FailingPage> {
  const known = await inTurn(ask, 'search', async (reader) => {
    const coverage = await readFlowCoverage(
      reader,
      entries.map(({ config }) => config.name),
    );
    const sources = coverage.map(({ source }) => source);
    const failing = sources.length > 0 ? await countFailing(reader, sources) : null;
    const rows = from === 'end' ? [] : await readFailing(reader, sources, from, limit + 1);
    const page = rows.slice(0, limit);
    const names = await readNames(
      reader,
      page.map(({ source, root }) => ({ source, ...root })),
    );
    return { coverage, failing, rows, page, names };
  }).catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'store_unavailable') return null;
    throw error;
  });
  if (known === null) return { items: [], next: null, coverage: [], failing: null, missing: new Map() };
  const { coverage, failing, rows, page, names } = known;
  const last = rows.length > limit ? page.at(-1) : undefined;
  const next = last ? { failedMs: last.failedMs, rootKey: last.rootKey } : null;
  const missing = new Map<string, CodedError>();
  const shown = new Map<FailingFlow, FlowRoot | null>();
  await Promise.all(
    entries.map(async (entry) => {
      const some = page.filter(({ source }) => source === entry.config.name);
      if (some.length === 0) return;
      try {
        const stale = await findStale(entry, some);
        const nodes = await entry.backend.flows?.nodes(some.map(({ root }) => root));
        await dropStale(ask.store, [...stale]);
        for (const [i, flow] of some.entries())
          shown.set(flow, toRoot(flow, stale, nodes?.[i] ?? null, names[page.indexOf(flow)] ?? null));
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        missing.set(entry.config.name, error);
      }
    }),
  );
  return { items: page.flatMap((flow) => shown.get(flow) ?? []), next, coverage, failing, missing };
}

/** How many there are, where that is known at once. */
export async function countFailingFlows(ask: Ask, entries: SourceEntry[]): Promise<FlowList['failing']> {
  const names = entries.map(({ config }) => config.name);
  return inTurn(
    ask,
    'search',
    async (reader) => {
      const sources = (await readFlowCoverage(reader, names)).map(({ source }) => source);
      return sources.length > 0 ? countFailing(reader, sources) : null;
    },
    COUNT_PATIENCE_MS,
  ).catch((error: unknown) => {
    if (error instanceof CodedError) return null;
    throw error;
  });
}

/** Jobs of the record that their broker does not hold as failed. */
async function findStale({ backend }: SourceEntry, flows: FailingFlow[]): Promise<Set<FailedPlace>> {
  const stale = new Set<FailedPlace>();
  const { bulk } = backend;
  if (!bulk) return stale;
  const byQueue = new Map<string, FailedPlace[]>();
  for (const job of flows.flatMap(({ jobs }) => jobs)) byQueue.set(job.queue, [...(byQueue.get(job.queue) ?? []), job]);
  for (const [queue, jobs] of byQueue)
    for (let i = 0; i < jobs.length; i += STATES_PER_READ) {
      const some = jobs.slice(i, i + STATES_PER_READ);
      const states = await bulk.readStates(
        queue,
        some.map(({ id }) => id),
      );
      for (const [n, job] of some.entries()) if (states[n] !== 'failed') stale.add(job);
    }
  return stale;
}

/** Null: nothing of it stands as failed any more. */
function toRoot(
  { source, root, failedMs, failed, jobs }: FailingFlow,
  stale: ReadonlySet<FailedPlace>,
  node: { row: BrokerRow; children: FlowRoot['children'] } | null,
  recorded: { name: string; addedMs: number } | null,
): FlowRoot | null {
  const still = jobs.filter((job) => !stale.has(job));
  const count = failed - (jobs.length - still.length);
  if (count === 0) return null;
  const at = toIso(still[0]?.failedMs ?? failedMs) ?? new Date(0).toISOString();
  const named = still.slice(0, NAMED).map(({ queue, id, name }) => ({ queue, id, name }));
  return {
    source,
    queue: root.queue,
    ...(node?.row ?? goneRow(root.id, recorded, at)),
    at,
    children: node?.children ?? null,
    failed: { count, jobs: named },
  };
}

function goneRow(id: string, recorded: { name: string; addedMs: number } | null, at: string) {
  return {
    ...{ id, name: recorded?.name ?? id, state: null, addedAt: toIso(recorded?.addedMs ?? null) ?? at },
    ...{ attemptsMade: 0, attempts: 1, progress: null, priority: 0, startedAt: null, finishedAt: null, runAt: null },
    ...{ waitMs: null, runMs: null, error: null, worker: null },
  };
}
