import { luaScript } from '../link';

/** Structures that hold jobs. What is left of a queue that was obliterated (`events`, `id`, `marker`) makes none. */
const LISTS = ['wait', 'paused', 'active'];
const ZSETS = ['delayed', 'prioritized', 'waiting-children', 'completed', 'failed'];

/**
 * What stands behind `<prefix>:` in the keys that a scan for queues is to give, as a glob: all those structures and `meta`. No id of
 * hexadecimal digits fits, because of its third letter, so that jobs' own keys stay with the broker.
 */
export const KEYS_MATCH = '*:[wpadcfm][aceor][iulmt]*[adent]';

const ENDS = new Set([...LISTS, ...ZSETS, 'meta']);

/** The queue that a key would belong to; `rest` is what stands behind `<prefix>:`. */
export function readQueueKey(rest: string): { queue: string; end: string; of: 'meta' | 'jobs' } | null {
  const colon = rest.lastIndexOf(':');
  const end = rest.slice(colon + 1);
  if (colon <= 0 || !ENDS.has(end)) return null;
  return { queue: rest.slice(0, colon), end, of: end === 'meta' ? 'meta' : 'jobs' };
}

/**
 * Is it a queue, though it has no `meta`? One of its structures holds a job: an id whose HASH has a timestamp. Up to 3 are looked at from
 * each end, since some may have been evicted.
 *
 * KEYS[1] a key of the first (names the slot) · ARGV bases of the queues · reply for each 1 | 0
 */
export const HOLD_JOBS = luaScript(`
local function isJob(key)
  local ok, has = pcall(redis.call, 'HEXISTS', key, 'timestamp')
  return ok and has == 1
end
local function holds(base, name, read)
  for _, ends in ipairs({ { 0, 2 }, { -3, -1 } }) do
    local ok, ids = pcall(redis.call, read, base .. name, ends[1], ends[2])
    if not ok or #ids == 0 then return false end
    for _, id in ipairs(ids) do
      if isJob(base .. id) then return true end
    end
  end
  return false
end
local function isQueue(base)
  for _, name in ipairs({ ${LISTS.map((name) => `'${name}'`).join(', ')} }) do
    if holds(base, name, 'LRANGE') then return 1 end
  end
  for _, name in ipairs({ ${ZSETS.map((name) => `'${name}'`).join(', ')} }) do
    if holds(base, name, 'ZRANGE') then return 1 end
  end
  return 0
end
local out = {}
for i = 1, #ARGV do out[i] = isQueue(ARGV[i]) end
return out
`);
