import path from 'node:path';
import type { TakenJob } from '@/lib/backends/bullmq/worker';
import type { Env } from '@/lib/env';
import { runOnce } from '@/lib/jobs/once';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';
import { type ChildJob, PermanentError, type Progress, type ResultFile, type TaskContext } from './define-task';
import type { JobLog } from './run-log';
import type { Throttled } from './run-progress';

export interface ContextParts {
  taken: TakenJob;
  source: string;
  env: Env;
  store: Store;
  signal: AbortSignal;
  progress: Throttled<Progress>;
  log: JobLog;
  /** Names this run among the runs of the same job. */
  owner: string;
}

/** Thrown by `addFlow` once the job has left this worker; it unwinds the task. */
export class WaitsForChildren extends Error {
  constructor() {
    super('The job waits for its children.');
    this.name = 'WaitsForChildren';
  }
}

export function createContext(parts: ContextParts): TaskContext {
  const { taken, source, env, store, signal, owner } = parts;
  const { queue, id, name, data, attempt, attempts, addedAtMs, effectRun } = taken;
  return {
    job: {
      ...{ source, queue, id, name, data, attempt, attempts, run: effectRun },
      idempotencyKey: () => findIdempotencyKey(store, source, queue, id),
    },
    signal,
    env,
    store,
    progress: (value) => parts.progress.push(value),
    log: (line) => parts.log.write(line),
    once: (key, effect) =>
      runOnce(store, { source, queue, job: id, addedAtMs, run: effectRun, key, owner }, signal, effect),
    file: (file) => registerFile(store, env, { source, queue, job: id }, file),
    addFlow: (children) => addFlow(taken, children),
    children: { values: async () => (await taken.readChildren()).values },
  };
}

async function addFlow(taken: TakenJob, children: ChildJob[]): Promise<Record<string, unknown>> {
  const known = await taken.readChildren();
  if (known.failed > 0) throw childFailed();
  if (known.total < children.length) {
    await taken.addChildren(
      children.map(({ key, task, input }) => ({
        ...{ key, queue: task.queue, name: task.name, data: input },
        ...task.retry,
      })),
    );
  }
  const waits = await taken.waitForChildren();
  if (waits === 'moved') throw new WaitsForChildren();
  if (waits === 'failed') throw childFailed();
  return (await taken.readChildren()).values;
}

function childFailed(): PermanentError {
  return new PermanentError('child_failed', 'a child of this job failed; retry the child first, then this job.');
}

async function findIdempotencyKey(store: Store, source: string, queue: string, job: string): Promise<string | null> {
  const rows = await store.query<{ key: string }>(
    'SELECT key FROM queuedeck.idempotency WHERE job_ids @> ARRAY[$3] AND source = $1 AND queue = $2 LIMIT 1',
    [source, storedText(queue), storedText(job)],
  );
  return rows[0]?.key ?? null;
}

/** Where downloads are served from; nothing outside of it ever is. */
export function exportsFolder(env: Env): string {
  return path.join(env.home, 'exports');
}

async function registerFile(
  store: Store,
  env: Env,
  job: { source: string; queue: string; job: string },
  file: ResultFile,
): Promise<void> {
  const folder = exportsFolder(env);
  const relative = path.relative(folder, path.resolve(folder, file.path));
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative))
    throw new PermanentError('file_outside', `${file.path} is not in ${folder}.`);
  await store.query(
    `INSERT INTO queuedeck.job_file (source, queue, job, name, path, size_bytes) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (source, queue, job) DO UPDATE
     SET name = excluded.name, path = excluded.path, size_bytes = excluded.size_bytes, created_at = now()`,
    [job.source, storedText(job.queue), storedText(job.job), file.name, relative, file.sizeBytes],
  );
}
