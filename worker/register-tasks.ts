import * as z from 'zod';
import type { Task as TaskContract } from '@/lib/contracts/tasks';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';
import type { Task } from './define-task';

const AGAIN_MS = 60_000;
const RETRY_MS = 2_000;

/** A task as the REST door and the forms need it: its input as JSON Schema. */
export function describeTask(source: string, task: Task): TaskContract {
  const { name, title, description, queue, example, retry, timeoutMs, concurrency } = task;
  return {
    ...{ name, title, description, source, queue, example, timeoutMs, concurrency },
    ...retry,
    inputSchema: z.toJSONSchema(task.input, { io: 'input' }),
  };
}

/**
 * Keeps this worker's tasks in the store, seen once a minute. A store that is away is tried again; jobs do not wait for it.
 * Returns what stops it.
 */
export function registerTasks(store: Store, source: string, tasks: readonly Task[]): () => void {
  const definitions = tasks.map((task) => describeTask(source, task));
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const turn = async () => {
    let againMs = AGAIN_MS;
    try {
      for (const definition of definitions) await writeTask(store, definition);
    } catch (error) {
      againMs = RETRY_MS;
      log.warn({ err: (error as Error).message }, 'tasks could not be registered, trying again');
    }
    if (!stopped) timer = setTimeout(turn, againMs).unref();
  };
  void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

async function writeTask(store: Store, definition: TaskContract): Promise<void> {
  await store.query(
    `INSERT INTO queuedeck.task (source, name, definition) VALUES ($1, $2, $3)
     ON CONFLICT (source, name) DO UPDATE SET definition = excluded.definition, seen_at = now()`,
    [definition.source, definition.name, JSON.stringify(definition)],
  );
}
