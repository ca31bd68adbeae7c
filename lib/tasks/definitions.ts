import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Task } from '@/lib/contracts/tasks';
import { log } from '@/lib/log';
import type { Store } from '@/lib/store/store';

/** A registered task with its input schema made ready. */
export interface Definition {
  task: Task;
  input: z.ZodType;
}

const CACHE_MS = 2000;
const caches = new WeakMap<Store, { at: number; definitions: Promise<Definition[]> }>();
const schemas = new Map<string, z.ZodType>();

/** Tasks that workers registered in the store, by source and name; at most 2 s old. */
export function readDefinitions(store: Store): Promise<Definition[]> {
  const cached = caches.get(store);
  if (cached && Date.now() - cached.at < CACHE_MS) return cached.definitions;
  const definitions = load(store);
  caches.set(store, { at: Date.now(), definitions });
  definitions.catch(() => caches.delete(store));
  return definitions;
}

async function load(store: Store): Promise<Definition[]> {
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
