import type { QueueBackend } from '@/lib/backends/backend';
import type { QueueTotals, RecordedFields, RecordingMethods } from '@/lib/backends/recording';
import { CodedError } from '@/lib/contracts/errors';
import type { Counts } from '@/lib/contracts/queues';
import type { JobState } from '@/lib/contracts/states';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import { isOpen, STATE_CODES } from '@/lib/store/history/states';
import type { Store } from '@/lib/store/store';
import { readName, storedText } from '@/lib/store/stored-name';
import type { Finding, QueueTask } from './findings';

const ENDED: JobState[] = ['completed', 'failed'];
const OPEN: JobState[] = ['active', 'waiting', 'prioritized', 'delayed', 'waiting-children'];
/** Jobs in a finding, and characters of their texts: what one transaction writes in under a second. */
const JOBS_PER_FINDING = 4_000;
const CHARS_PER_FINDING = 16_777_216;
const IDS_PER_LOOK = 500;
/** Of more open jobs, so many more or fewer than the broker has are in flux, not lost: looking at each costs the broker a command. */
const FEW = 5_000;
const FLUX = 0.02;

interface Ports {
  store: Store;
  backend: QueueBackend;
  recording: RecordingMethods;
  /** As the broker told them when the comparison was planned; null = not known. Of a gap they are not asked. */
  counts: Counts | null;
  /** Is there such a queue, as far as is known? */
  isFollowed: boolean;
  /** Was it known before it is compared for the first time? Then a life before may have left jobs open, which have its ids. */
  isAgain: boolean;
  signal: AbortSignal;
}

const NO_TOTALS: QueueTotals = { at: null, ids: null, failedKept: null, completed: null, failed: null };

/** Reads, in steps, what a queue holds and the record may not know. */
export async function* compareQueue(ports: Ports, task: QueueTask): AsyncGenerator<Finding> {
  const { counts, isFollowed, recording } = ports;
  const { gap } = task;
  // Ids that are given out later are of events that are not read yet, or of a gap that is still to be met.
  const ids = gap === null || gap.isGone ? null : (await readTotals(recording, task)).ids;
  // Fewer were given out than were seen before: the queue was removed, and there is one of its name again.
  const isAnew = ids !== null && gap !== null && ids < gap.lastId;
  const isGone = isAnew || (gap?.isGone ?? false);
  const isWhole = task.depth === 'whole' || (await hasDrifted(ports, task));
  const states = isWhole ? [...ENDED, ...OPEN] : task.depth === 'ended' ? ENDED : [];
  // What was empty when it was counted had nothing that no event told.
  const isEmpty = (state: JobState) => task.why === 'first' && counts?.[state] === 0;
  if (isFollowed)
    for (const state of states)
      if (!isEmpty(state))
        yield* orOdd(task, `Its ${state} jobs cannot be read`, sweepState(ports, task, state, isGone));
  if (isWhole && (task.why !== 'first' || (ports.isAgain && (await hasDrifted(ports, task, 'more')))))
    yield* orOdd(task, 'Its jobs cannot be looked for', findMissing(ports, task));
  // Those of a queue that was removed are gone with it: what is counted now is another life.
  if (task.why === 'gap') {
    const totals = isGone ? NO_TOTALS : { ...(await readTotals(recording, task)), ids };
    yield { kind: 'totals', task, totals, isAnew };
  }
  yield { kind: 'done', task };
}

/** What the broker refuses of one structure is said, and the comparison goes on with the next. */
async function* orOdd(task: QueueTask, what: string, steps: AsyncGenerator<Finding>): AsyncGenerator<Finding> {
  try {
    yield* steps;
  } catch (error) {
    if (!isRefused(error)) throw error;
    yield { kind: 'odd', task, why: `${what}: ${(error as Error).message}` };
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof CodedError && (error.code === 'unreadable' || error.code === 'broker_refused');

async function readTotals(recording: RecordingMethods, { queue }: QueueTask): Promise<QueueTotals> {
  return recording.readTotals(queue).catch((error: unknown) => {
    if (isRefused(error)) return NO_TOTALS;
    throw error;
  });
}

async function* sweepState(ports: Ports, task: QueueTask, state: JobState, isAnew: boolean): AsyncGenerator<Finding> {
  const { recording, signal } = ports;
  const fromMs = ENDED.includes(state) && !isAnew ? task.fromMs : null;
  // Of another life of the queue records tell nothing, though they have its ids.
  const choose = task.why === 'first' || isAnew ? undefined : (ids: string[]) => chooseUnknown(ports, task, state, ids);
  let fields: RecordedFields[] = [];
  let swept = 0;
  let chars = 0;
  for (let position = null, isFirst = true; isFirst || position !== null; isFirst = false) {
    if (signal.aborted) return;
    const step = await recording.sweepFields(task.queue, state, fromMs, position, choose);
    fields.push(...step.jobs);
    swept += step.jobs.length;
    for (const { data, result } of step.jobs) chars += (data?.length ?? 0) + (result?.length ?? 0);
    position = step.next as never;
    if (fields.length < JOBS_PER_FINDING && chars < CHARS_PER_FINDING) continue;
    yield { kind: 'swept', task, fields, swept };
    fields = [];
    swept = 0;
    chars = 0;
  }
  if (fields.length > 0) yield { kind: 'swept', task, fields, swept };
}

/** Those whose newest record does not stand in that state; and of ended ones those that ended anew. */
async function chooseUnknown({ store, backend }: Ports, task: QueueTask, state: JobState, ids: string[]) {
  const rows = await store.query<{ n: string }>(
    `SELECT g.n FROM unnest($2::text[]) WITH ORDINALITY AS g(id, n)
      WHERE NOT EXISTS (SELECT FROM queuedeck.job j JOIN queuedeck.scope s ON s.id = j.queue_id AND s.key = $1
                         WHERE j.id = g.id AND (j.state = $3 ${isOpen(state) ? 'OR j.state < 5' : 'AND j.finished_at >= to_timestamp($4::float8 / 1000)'}))`,
    [
      scopeKey(SCOPE_KINDS.queue, backend.name, task.queue),
      ids.map(storedText),
      STATE_CODES[state],
      ...(isOpen(state) ? [] : [(task.fromMs ?? 0) - 60_000]),
    ],
  );
  return rows.map(({ n }) => ids[Number(n) - 1] ?? '');
}

/** Does the record have more open jobs than the broker, or another number of them? */
async function hasDrifted(
  { store, backend, counts }: Ports,
  { queue }: QueueTask,
  by: 'more' | 'any' = 'any',
): Promise<boolean> {
  const openInBroker = OPEN.reduce((sum, state) => sum + (counts?.[state] ?? 0), 0);
  const [row] = await store.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM queuedeck.job j
      WHERE j.kind_id IN (SELECT id FROM queuedeck.scope WHERE source = $1 AND queue = $2 AND kind = ${SCOPE_KINDS.name})
        AND j.state IN (0, 1, 2, 3, 4)`,
    [backend.name, storedText(queue)],
  );
  const recorded = row?.open ?? 0;
  const difference = by === 'more' ? recorded - openInBroker : Math.abs(recorded - openInBroker);
  return recorded <= FEW ? difference > 0 : difference > FLUX * Math.max(recorded, openInBroker);
}

/** Open records of jobs that the broker has not got, or has got another life of. */
async function* findMissing({ store, backend, recording, signal }: Ports, task: QueueTask): AsyncGenerator<Finding> {
  for (const [kind, state] of await readOpenKinds(store, backend.name, task.queue))
    for (let after: [at: number, id: string] | null = [0, '']; after !== null && !signal.aborted; ) {
      const rows = await readOpen(store, kind, state, after);
      const last = rows.at(-1);
      after = last && rows.length === IDS_PER_LOOK ? [last.at, last.id] : null;
      const ids = rows.map(({ id, raw_id }) => readName(id, raw_id));
      const found = ids.length > 0 ? await recording.hasJobs(task.queue, ids) : [];
      const missing = ids.filter((_, i) => !found[i] && !rows[i]?.newer);
      const older = rows.filter(({ newer }) => newer).map(({ id, at }) => ({ id, at }));
      if (missing.length + older.length > 0) yield { kind: 'missing', task, ids: missing, older };
    }
}

async function readOpenKinds(store: Store, source: string, queue: string): Promise<[kind: number, state: number][]> {
  const rows = await store.query<{ kind_id: number; state: number }>(
    `SELECT kind_id, state FROM queuedeck.job
      WHERE kind_id IN (SELECT id FROM queuedeck.scope WHERE source = $1 AND queue = $2 AND kind = ${SCOPE_KINDS.name})
        AND state IN (0, 1, 2, 3, 4) GROUP BY kind_id, state`,
    [source, storedText(queue)],
  );
  return rows.map(({ kind_id, state }) => [kind_id, state]);
}

interface OpenRow {
  id: string;
  raw_id: string | null;
  /** When it was added, epoch ms. */
  at: number;
  /** There is a record of a later life of the id. */
  newer: boolean;
}

function readOpen(store: Store, kind: number, state: number, [at, id]: [number, string]): Promise<OpenRow[]> {
  return store.query<OpenRow>(
    `SELECT j.id, j.raw_id, extract(epoch FROM j.added_at)::float8 * 1000 AS at,
            EXISTS (SELECT FROM queuedeck.job k WHERE k.id = j.id AND k.queue_id = j.queue_id AND k.added_at > j.added_at) AS newer
       FROM queuedeck.job j
      WHERE j.kind_id = $1 AND j.state = $2 AND (j.added_at, j.id) > (to_timestamp($3::float8 / 1000), $4)
      ORDER BY j.added_at, j.id LIMIT ${IDS_PER_LOOK}`,
    [kind, state, at, id],
  );
}
