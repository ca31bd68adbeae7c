import type { Redis } from 'ioredis';
import * as z from 'zod';
import type { Position } from '@/lib/backends/backend';
import type { Sweep, SweepBounds } from '@/lib/backends/changes';
import { At, readPosition } from '@/lib/cursor';
import { CLOCK_LUA } from '../bulk/clock-script';
import type { RedisChanges } from '../change-jobs';
import { luaScript } from '../link';
import { mastersOf } from '../masters';

const KEYS_PER_STEP = 2_000;
const LIST_STEP = 5_000;
/** Looking an id up in a list is a walk through it: ~2 ms at this length. */
const LISTED_LIMIT = 100_000;
const REMOVE_STEP = 200;
const STEP_MS = 3;

const LISTS = ['wait', 'paused', 'active'];
/** Keys of the queue itself, and what begins keys of its own. */
const OF_QUEUE = new Set([
  ...[...LISTS, 'waiting-children', 'id', 'delayed', 'prioritized', 'stalled-check', 'completed', 'failed', 'stalled'],
  ...['repeat', 'limiter', 'meta', 'events', 'pc', 'marker', 'de', 'dn', 'metrics', 'priority', 'delay'],
]);
/** Not `failed`: a queue whose name goes on after ":" has a key of that name too. */
const OF_JOB = new Set(['logs', 'dependencies', 'processed', 'unsuccessful']);

const MAX_SCAN_CURSOR = 2n ** 64n - 1n;
/** A primary, and where its SCAN goes on. */
const Place = z.strictObject({
  node: At.count,
  cursor: At.digits(MAX_SCAN_CURSOR),
});

/**
 * Removes jobs that are in no structure of their queue: what an eviction or a crash left behind. Every candidate is looked for in all
 * structures in the very step that removes it.
 */
export async function removeOrphans(
  changes: RedisChanges,
  queue: string,
  from: Position | null,
  bounds: SweepBounds,
): Promise<Sweep> {
  const until = Date.now() + bounds.maxMs;
  const { link } = changes;
  const base = link.base(queue);
  const listed = await readListed(changes, base);
  if (listed === null)
    return {
      kind: 'refused',
      reason: `More than ${LISTED_LIMIT} jobs wait or run: looking each candidate up among them would hold the broker.`,
    };
  const nodes = await link.call(() => mastersOf(link));
  let removed = 0;
  let { node: i, cursor } = from ? readPosition(from, Place) : { node: 0, cursor: '0' };
  for (; i < nodes.length; i++) {
    do {
      const [next, ids] = await link.call(() => scanStep(nodes[i] as Redis, base, cursor));
      const suspects = ids.filter((id) => !listed.has(id));
      for (let at = 0; at < suspects.length; at += REMOVE_STEP)
        removed += await removeStep(changes, base, suspects.slice(at, at + REMOVE_STEP));
      cursor = next;
      const over = removed >= bounds.maxRemoved || Date.now() > until || bounds.signal?.aborted;
      if (over && !(cursor === '0' && i === nodes.length - 1))
        return {
          kind: 'swept',
          removed,
          done: false,
          next: cursor === '0' ? { node: i + 1, cursor } : { node: i, cursor },
        };
    } while (cursor !== '0');
  }
  return { kind: 'swept', removed, done: true, next: null };
}

/** The ids that wait or run, so that only what is in none of these lists is looked up one by one; null = too many. */
async function readListed({ link }: RedisChanges, base: string): Promise<Set<string> | null> {
  const sizes = await link.call(() => Promise.all(LISTS.map((name) => link.reads.llen(base + name))));
  if (sizes.reduce((sum, size) => sum + size, 0) > LISTED_LIMIT) return null;
  const listed = new Set<string>();
  for (const [i, name] of LISTS.entries())
    for (let at = 0; at < (sizes[i] ?? 0); at += LIST_STEP)
      for (const id of await link.call(() => link.reads.lrange(base + name, at, at + LIST_STEP - 1))) listed.add(id);
  return listed;
}

async function scanStep(node: Redis, base: string, cursor: string): Promise<[next: string, ids: string[]]> {
  const pattern = `${base.replace(/[\\*?[\]^-]/g, '\\$&')}*`;
  const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_STEP);
  const ids = new Set(keys.flatMap((key) => candidateOf(key.slice(base.length))));
  return [next, [...ids]];
}

/** The job that a key would belong to. A queue whose name goes on after ":" has keys that begin alike: they have one ":" too many. */
function candidateOf(rest: string): string[] {
  const [id = '', part, ...more] = rest.split(':');
  if (id === '' || OF_QUEUE.has(id) || more.length > 0) return [];
  return part === undefined || OF_JOB.has(part) ? [id] : [];
}

async function removeStep(changes: RedisChanges, base: string, ids: string[]): Promise<number> {
  let removed = 0;
  for (let at = 0; at < ids.length; ) {
    const reply = await changes.run(
      REMOVE_ORPHANS,
      LISTS.map((name) => base + name),
      [base, STEP_MS, ...ids.slice(at)],
    );
    const [looked, gone] = reply as [number, number];
    removed += gone;
    at += looked;
  }
  return removed;
}

/** KEYS the lists · ARGV 1 base, 2 ms, 3.. ids · reply { looked, removed }. A key that is no job's HASH is left alone. */
const REMOVE_ORPHANS = luaScript(`${CLOCK_LUA}
local base, began = ARGV[1], seconds()
local function isKnown(id)
  for _, set in ipairs({ 'completed', 'failed', 'delayed', 'prioritized', 'waiting-children' }) do
    if redis.call('ZSCORE', base .. set, id) then return true end
  end
  if redis.call('EXISTS', base .. id .. ':lock') == 1 or redis.call('SISMEMBER', base .. 'stalled', id) == 1 then return true end
  for _, list in ipairs(KEYS) do
    if redis.call('LPOS', list, id) then return true end
  end
  return false
end
local function isJob(key)
  local kind = redis.call('TYPE', key).ok
  if kind == 'none' then return true end
  return kind == 'hash' and redis.call('HEXISTS', key, 'timestamp') == 1 and redis.call('HEXISTS', key, 'data') == 1
end
local looked, removed = 0, 0
for i = 3, #ARGV do
  local key = base .. ARGV[i]
  looked = looked + 1
  if isJob(key) and not isKnown(ARGV[i]) then
    local gone = redis.call('UNLINK', key, key .. ':logs', key .. ':dependencies', key .. ':processed', key .. ':unsuccessful')
    if redis.call('TYPE', key .. ':failed').ok == 'hash' then redis.call('UNLINK', key .. ':failed') end
    removed = removed + math.min(1, gone)
  end
  if seconds() - began > tonumber(ARGV[2]) / 1000 then break end
end
return { looked, removed }
`);
