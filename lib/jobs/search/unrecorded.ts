import type { BrokerRow, QueueBackend } from '@/lib/backends/backend';
import type { Node } from '@/lib/contracts/query/ast';
import type { FoundJob } from '@/lib/contracts/search';
import type { JobState } from '@/lib/contracts/states';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Queries } from '@/lib/store/queries';
import { storedText } from '@/lib/store/stored-name';
import type { Ask } from '@/lib/verbs';
import { fits } from './fits';

/** A record that is not further behind has everything that an operator could have seen. */
const CURRENT_MS = 2_000;
const ROWS_PER_QUEUE = 200;
/** Queues in which ids are looked for, one command each; and those whose newest jobs are read. */
const MOST_QUEUES = 500;
const MOST_LISTED_QUEUES = 50;
const AT_ONCE = 20;
const MOST_FOUND = 50;
const WAITING: JobState[] = ['waiting', 'prioritized', 'delayed'];
const ANSWER_MS = 800;

/**
 * Jobs that the brokers have and the record does not, while it is behind: those named by their id, and the newest that wait.
 * Bounded in queues, rows and time; a broker that does not answer adds nothing.
 */
export async function findUnrecorded(
  ask: Ask,
  store: Queries,
  sources: readonly string[],
  node: Node | null,
  lagMs: number | null,
): Promise<FoundJob[]> {
  const isCurrent = lagMs !== null && lagMs <= CURRENT_MS;
  const ids = node ? idsIn(node) : [];
  if (isCurrent && ids.length === 0) return [];
  const looks = sources.map((source) => lookInto(ask, store, source, node, ids, !isCurrent).catch(() => []));
  const late = new Promise<null>((done) => setTimeout(done, ANSWER_MS, null).unref());
  const found = await Promise.all(looks.map((look) => Promise.race([look, late])));
  return found.flatMap((jobs) => jobs ?? []).slice(0, MOST_FOUND);
}

async function lookInto(
  ask: Ask,
  store: Queries,
  source: string,
  node: Node | null,
  ids: readonly string[],
  lists: boolean,
): Promise<FoundJob[]> {
  const backend = ask.sources.get(source)?.backend;
  if (!backend) return [];
  const { queues } = await backend.snapshot();
  const found: FoundJob[] = [];
  const names = queues.slice(0, ids.length > 0 ? MOST_QUEUES : MOST_LISTED_QUEUES).map(({ name }) => name);
  for (let at = 0; at < names.length && found.length < MOST_FOUND; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE).map(async (name, i) => {
      const isListed = lists && at + i < MOST_LISTED_QUEUES;
      const rows = [...(await byIds(backend, name, ids)), ...(isListed ? await newest(backend, name) : [])];
      const jobs = rows.map((row) => toFound(source, name, row)).filter((job) => node === null || fits(node, job));
      return withoutRecorded(store, source, name, jobs);
    });
    found.push(...(await Promise.all(some)).flat());
  }
  return found;
}

async function byIds(backend: QueueBackend, queue: string, ids: readonly string[]): Promise<BrokerRow[]> {
  if (ids.length === 0) return [];
  const present = (await backend.recording?.hasJobs(queue, ids)) ?? ids.map(() => true);
  const jobs = await Promise.all(ids.filter((_, i) => present[i]).map((id) => backend.getJob(queue, id, 0)));
  return jobs.flatMap((job) => (job ? { ...job, error: job.error?.message.slice(0, 300) ?? null } : []));
}

async function newest(backend: QueueBackend, queue: string): Promise<BrokerRow[]> {
  const pages = await Promise.all(WAITING.map((state) => backend.listJobs(queue, state, null, ROWS_PER_QUEUE)));
  return pages.flatMap(({ items }) => items);
}

async function withoutRecorded(store: Queries, source: string, queue: string, jobs: FoundJob[]): Promise<FoundJob[]> {
  const unique = [...new Map(jobs.map((job) => [job.id, job])).values()];
  if (unique.length === 0) return [];
  const rows = await store.query<{ id: string }>(
    `SELECT DISTINCT j.id FROM queuedeck.job j JOIN queuedeck.scope s ON s.id = j.queue_id AND s.key = $1 WHERE j.id = ANY($2::text[])`,
    [scopeKey(SCOPE_KINDS.queue, source, queue), unique.map(({ id }) => storedText(id))],
  );
  const known = new Set(rows.map(({ id }) => id));
  return unique.filter(({ id }) => !known.has(storedText(id)));
}

/** Ids that a job must have to fit: of the query itself, or of one side of its ANDs. */
function idsIn(node: Node): string[] {
  if (node.kind === 'text') return /^\S+$/.test(node.text) ? [node.text] : [];
  if (node.kind === 'and') return node.items.flatMap(idsIn);
  if (node.kind !== 'term' || node.field !== 'id') return [];
  return node.values.flatMap((value) =>
    value.op === 'is' && (value.quoted || !value.text.includes('*')) ? value.text : [],
  );
}

function toFound(source: string, queue: string, row: BrokerRow): FoundJob {
  return {
    source,
    queue,
    id: row.id,
    name: row.name,
    state: row.state,
    cancelled: false,
    attemptsMade: row.attemptsMade,
    attempts: row.attempts,
    addedAt: row.addedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    waitMs: row.waitMs,
    runMs: row.runMs,
    error: row.error,
    group: null,
    worker: row.worker,
    inBroker: true,
    recorded: false,
  };
}
