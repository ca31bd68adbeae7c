import type { BrokerRow, Position, QueueBackend } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { findSource } from '@/lib/sources/find';
import { findTask } from '@/lib/tasks/find-task';
import { query } from '@/lib/verbs';

const STATES = ['active', 'completed', 'failed'] as const;
const PAGE = 200;
const SEARCHED_MOST = 1_000;

/** The newest jobs of that name, among the newest 1,000 of each state: the broker has no index by name. */
export const listTaskRuns = query('task.runs', async (ask, { task: name, source, limit }) => {
  const { task } = await findTask(ask, { task: name, source });
  const { backend } = findSource(ask.sources, task.source);
  const found = await Promise.all(STATES.map((state) => searchState(backend, task.queue, state, name, limit)));
  const items = found
    .flatMap(({ rows }) => rows)
    .sort((a, b) => newest(b) - newest(a))
    .slice(0, limit)
    .map((row) => ({ source: task.source, queue: task.queue, ...row }));
  return {
    items,
    searched: found.map(({ state, jobs, all }) => ({ state, jobs, all })),
    asOf: new Date().toISOString(),
  };
});

/** Goes on until enough were found, or until the bound: of places in the queue, since those whose jobs are gone or cannot be read give none. */
async function searchState(backend: QueueBackend, queue: string, state: JobState, name: string, limit: number) {
  const rows: BrokerRow[] = [];
  let jobs = 0;
  let pages = 0;
  let position: Position | null = null;
  do {
    const page = await backend.listJobs(queue, state, position, PAGE);
    jobs += page.items.length;
    pages += 1;
    rows.push(...page.items.filter((row) => row.name === name));
    position = page.next;
  } while (position !== null && rows.length < limit && pages < SEARCHED_MOST / PAGE);
  return { state, rows, jobs, all: position === null };
}

const newest = (row: BrokerRow) => Date.parse(row.finishedAt ?? row.startedAt ?? row.addedAt);
