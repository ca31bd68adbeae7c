import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { App } from '@/lib/context';
import { type OfferedTask, Task } from '@/lib/contracts/tasks';
import { log } from '@/lib/log';
import { joinTold, readToldQueues } from '@/lib/sources/read-worker';
import type { Store } from '@/lib/store/store';

/** A task that can be enqueued, with its input schema made ready. */
export interface Definition {
  task: OfferedTask;
  input: z.ZodType;
}

type Registered = { task: Task; input: z.ZodType };

const CACHE_MS = 2000;
const caches = new WeakMap<Store, { at: number; registered: Promise<Registered[]> }>();
const schemas = new Map<string, z.ZodType>();

/**
 * Tasks that our workers registered in the store, by source and name; at most 2 s old. What was registered for a source that has no
 * worker of ours (any more) is not offered: nobody would run it, and its queue is somebody else's.
 */
export async function readDefinitions({ store, sources }: Pick<App, 'store' | 'sources'>): Promise<Definition[]> {
  const [registered, told] = await Promise.all([readRegistered(store), readToldQueues(store)]);
  return registered
    .filter(({ task }) => sources.get(task.source)?.config.worker)
    .map(({ task, input }) => {
      const here = told.filter(({ source, queue }) => source === task.source && queue === task.queue);
      const leftAlone = here.length > 0 ? joinTold(here).reason : null;
      return { task: { ...task, leftAlone }, input };
    });
}

/** Those whose schema and retries hold for every job of their name: a queue that is left alone goes by somebody else's. */
export async function readRules(app: Pick<App, 'store' | 'sources'>): Promise<Definition[]> {
  return (await readDefinitions(app)).filter(({ task }) => task.leftAlone === null);
}

function readRegistered(store: Store): Promise<Registered[]> {
  const cached = caches.get(store);
  if (cached && Date.now() - cached.at < CACHE_MS) return cached.registered;
  const registered = load(store);
  caches.set(store, { at: Date.now(), registered });
  registered.catch(() => caches.delete(store));
  return registered;
}

async function load(store: Store): Promise<Registered[]> {
  const rows = await store.query<{ definition: unknown }>(
    'SELECT definition FROM queuedeck.task ORDER BY name, source LIMIT 1000',
  );
  return rows.flatMap(({ definition }) => {
    const task = Task.safeParse(definition);
    if (!task.success) {
      log.warn({ issues: z.prettifyError(task.error) }, 'a registered task does not fit its contract');
      return [];
    }
    return [{ task: task.data, input: toSchema(task.data) }];
  });
}

/** Compiled once per distinct schema text. */
function toSchema(task: Task): z.ZodType {
  const text = JSON.stringify(task.inputSchema);
  const hash = createHash('sha256').update(text).digest('base64');
  let schema = schemas.get(hash);
  if (!schema) {
    schema = z.fromJSONSchema(task.inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
    schemas.set(hash, schema);
    if (schemas.size > 1000) schemas.delete(schemas.keys().next().value as string);
  }
  return schema;
}
