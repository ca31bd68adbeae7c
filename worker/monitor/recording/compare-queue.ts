import type { QueueBackend } from '@/lib/backends/backend';
import type { RecordedFields, RecordingMethods } from '@/lib/backends/recording';
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
  /** Of a routine comparison: how many jobs the broker has that have not ended; null = it cannot tell. */
  openInBroker: number | null;
  signal: AbortSignal;
}

/** Reads, in steps, what a queue holds and the record may not know. */
export async function* compareQueue(ports: Ports, task: QueueTask): AsyncGenerator<Finding> {
  const isDrifted = task.why === 'routine' && (await hasDrifted(ports, task));
  const states = task.why === 'routine' && !isDrifted ? ENDED : [...ENDED, ...OPEN];
  for (const state of states) yield* sweepState(ports, task, state);
  if (task.why === 'gap' || isDrifted) yield* findMissing(ports, task);
  if (task.why === 'gap') yield { kind: 'totals', task, totals: await ports.recording.readTotals(task.queue) };
  yield { kind: 'done', task };
}

async function* sweepState(ports: Ports, task: QueueTask, state: JobState): AsyncGenerator<Finding> {
  const { recording, signal } = ports;
  const fromMs = ENDED.includes(state) ? task.fromMs : null;
  const choose = task.why === 'first' ? undefined : (ids: string[]) => chooseUnknown(ports, task, state, ids);
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

async function hasDrifted({ store, backend, openInBroker }: Ports, { queue }: QueueTask): Promise<boolean> {
  if (openInBroker === null) return false;
  const [row] = await store.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM queuedeck.job j
      WHERE j.kind_id IN (SELECT id FROM queuedeck.scope WHERE source = $1 AND queue = $2 AND kind = ${SCOPE_KINDS.name})
        AND j.state IN (0, 1, 2, 3, 4)`,
    [backend.name, storedText(queue)],
  );
  const recorded = row?.open ?? 0;
  const difference = Math.abs(recorded - openInBroker);
  return recorded <= FEW ? difference > 0 : difference > FLUX * Math.max(recorded, openInBroker);
}

/** Open records of jobs that the broker has not got. */
async function* findMissing({ store, backend, recording, signal }: Ports, task: QueueTask): AsyncGenerator<Finding> {
  for (let after = '0'; !signal.aborted; ) {
    const rows = await store.query<{ id: string; raw_id: string | null; n: string }>(
      `SELECT j.id, j.raw_id, j.n FROM queuedeck.job j
        WHERE j.kind_id IN (SELECT id FROM queuedeck.scope WHERE source = $1 AND queue = $2 AND kind = ${SCOPE_KINDS.name})
          AND j.state IN (0, 1, 2, 3, 4) AND j.n > $3 ORDER BY j.n LIMIT ${IDS_PER_LOOK}`,
      [backend.name, storedText(task.queue), after],
    );
    const last = rows.at(-1);
    if (!last) return;
    after = last.n;
    const ids = rows.map(({ id, raw_id }) => readName(id, raw_id));
    const found = await recording.hasJobs(task.queue, ids);
    const missing = ids.filter((_, i) => !found[i]);
    if (missing.length > 0) yield { kind: 'missing', task, ids: missing };
    if (rows.length < IDS_PER_LOOK) return;
  }
}
