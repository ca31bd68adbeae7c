import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '@/lib/embedded/process-alive';
import { type Env, loadEnv } from '@/lib/env';
import { runOnce } from '@/lib/jobs/once';
import type { Store } from '@/lib/store/store';
import type { ChildJob, Progress, ResultFile, Task, TaskContext } from '@/worker/define-task';

export interface RecordedContext extends TaskContext {
  readonly logs: string[];
  readonly progresses: Progress[];
  readonly files: ResultFile[];
  readonly flows: ChildJob[][];
}

export interface ContextOptions {
  store: Store;
  task: Task;
  jobId?: string;
  idempotencyKey?: string;
  run?: string;
  env?: Partial<Env>;
  signal?: AbortSignal;
  children?: Record<string, unknown>;
  onProgress?(value: Progress): void;
}

const HOMES = 'queuedeck-homes-';

/** A new folder below this process's own. Test runners end their processes by signal, so the next process clears away what dead ones left. */
export function makeHome(): string {
  const own = path.join(tmpdir(), `${HOMES}${process.pid}`);
  if (!existsSync(own)) {
    for (const name of readdirSync(tmpdir()))
      if (name.startsWith(HOMES) && !isAlive(Number(name.slice(HOMES.length))))
        rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
    mkdirSync(own, { recursive: true });
  }
  return mkdtempSync(path.join(own, 'home-'));
}

let nextId = 0;

/** A task's context without a broker: the store and the effect ledger are the real ones, the rest is recorded. */
export function makeTaskContext(options: ContextOptions): RecordedContext {
  const { store, task, signal = new AbortController().signal } = options;
  nextId += 1;
  const job = { source: 'test', queue: task.queue, id: options.jobId ?? `job-${nextId}`, run: options.run ?? '' };
  const recorded = {
    logs: [] as string[],
    progresses: [] as Progress[],
    files: [] as ResultFile[],
    flows: [] as ChildJob[][],
  };
  return {
    ...recorded,
    job: {
      ...job,
      name: task.name,
      attempt: 1,
      attempts: task.retry.attempts,
      data: {},
      idempotencyKey: async () => options.idempotencyKey ?? null,
    },
    signal,
    store,
    env: { ...loadEnv({}), home: makeHome(), ...options.env },
    progress: (value) => {
      recorded.progresses.push(value);
      options.onProgress?.(value);
    },
    log: (line) => void recorded.logs.push(line),
    once: (key, effect) => {
      nextId += 1;
      const id = {
        source: job.source,
        queue: job.queue,
        job: job.id,
        addedAtMs: 0,
        run: job.run,
        key,
        owner: `run-${nextId}`,
      };
      return runOnce(store, id, signal, effect);
    },
    file: async (file) => void recorded.files.push(file),
    addFlow: async (children) => {
      recorded.flows.push(children);
      return options.children ?? {};
    },
    children: { values: async () => options.children ?? {} },
  };
}
