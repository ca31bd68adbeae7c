import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
  env?: Partial<Env>;
  signal?: AbortSignal;
  children?: Record<string, unknown>;
  onProgress?(value: Progress): void;
}

/** A folder that goes away with the process. */
export function makeHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'queuedeck-home-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  process.setMaxListeners(0);
  return home;
}

let nextId = 0;

/** A task's context without a broker: the store and the effect ledger are the real ones, the rest is recorded. */
export function makeTaskContext(options: ContextOptions): RecordedContext {
  const { store, task, signal = new AbortController().signal } = options;
  nextId += 1;
  const job = { source: 'test', queue: task.queue, id: options.jobId ?? `job-${nextId}` };
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
      const id = { source: job.source, queue: job.queue, job: job.id, addedAtMs: 0, key, owner: `run-${nextId}` };
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
