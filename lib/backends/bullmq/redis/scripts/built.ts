import type { RedisClient } from '../connect';
import { type LuaScript, luaScript } from '../link';

/**
 * A step of ours that stands on one of BullMQ's scripts: `build` gets its text, and puts a check before it or takes its functions,
 * so that parents, children, deduplication and events are treated as BullMQ treats them, in one atomic step with ours.
 */
export interface BuiltScript {
  of: string;
  build(bullmq: string): string;
}

const built = new WeakMap<BuiltScript, LuaScript>();

/** `client` must have been given to a BullMQ backend: that is what defines the scripts. */
export function buildScript(client: RedisClient, script: BuiltScript): LuaScript {
  let ready = built.get(script);
  if (!ready) {
    ready = luaScript(script.build(textOf(client, script.of)));
    built.set(script, ready);
  }
  return ready;
}

function textOf(client: RedisClient, name: string): string {
  const scripts = Object.entries(client.scriptsSet as Record<string, { lua: string }>);
  const text = scripts.find(([key]) => key.startsWith(`${name}:`))?.[1].lua;
  if (text === undefined) throw new Error(`BullMQ does not define ${name} as expected`);
  return text;
}

/** The functions of a script: all before the line with which its own work begins. */
export function functionsOf(bullmq: string, firstOfBody: string): string {
  const end = bullmq.indexOf(firstOfBody);
  if (end === -1) throw new Error(`BullMQ's script does not hold "${firstOfBody}" as expected`);
  return bullmq.slice(0, end);
}

/** What a job leaves behind may be big (a long log): the broker frees it beside its work. */
export function freeLazily(functions: string): string {
  const lazy = functions.replace('return rcall("DEL", jobKey, jobKey', 'return rcall("UNLINK", jobKey, jobKey');
  if (lazy === functions) throw new Error('BullMQ does not delete a job as expected');
  return lazy;
}
