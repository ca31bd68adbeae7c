import { luaScript } from '../link';
import { STATE_LUA } from '../scripts/state';
import { CLOCK_LUA } from './clock-script';

/**
 * `packJob(base, id, state, score)` → print, blob: a job with all that belongs to it, opaque above the broker.
 *
 * blob = MessagePack of { body, deduplication id, its TTL in ms }; body = MessagePack of { state, score, fields of its HASH,
 * parts }, where parts = { logs, dependencies, processed, failed, unsuccessful with scores } or {}; print = SHA-1 of the body.
 */
export const PACK_LUA = `${STATE_LUA}${CLOCK_LUA}
local function partsOf(key)
  if redis.call('EXISTS', key .. ':logs', key .. ':dependencies', key .. ':processed', key .. ':failed', key .. ':unsuccessful') == 0 then
    return {}
  end
  local dependencies = redis.call('SMEMBERS', key .. ':dependencies')
  table.sort(dependencies)
  return { redis.call('LRANGE', key .. ':logs', 0, -1), dependencies, redis.call('HGETALL', key .. ':processed'),
    redis.call('HGETALL', key .. ':failed'), redis.call('ZRANGE', key .. ':unsuccessful', 0, -1, 'WITHSCORES') }
end
local function bodyOf(base, id, state, score)
  local key = base .. id
  return cmsgpack.pack({ state, score, redis.call('HGETALL', key), partsOf(key) })
end
local function printJob(base, id, state, score) return redis.sha1hex(bodyOf(base, id, state, score)) end
local function packJob(base, id, state, score)
  local body = bodyOf(base, id, state, score)
  local dedup, ttl = redis.call('HGET', base .. id, 'deid') or '', 0
  if dedup ~= '' then
    if redis.call('GET', base .. 'de:' .. dedup) == id then ttl = redis.call('PTTL', base .. 'de:' .. dedup)
    else dedup = '' end
  end
  return redis.sha1hex(body), cmsgpack.pack({ body, dedup, ttl })
end
`;

/**
 * Jobs as they are, to be kept. Ends by its budget of CPU time, or when 4 MB are copied.
 *
 * KEYS[1] any of the queue (names its slot; the same below)
 * ARGV    1 base · 2 budget (ms) · 3… ids
 * reply   { through, id, name, state, print, blob, id, … }
 */
export const KEEP_JOBS = luaScript(`${PACK_LUA}
local base, budget = ARGV[1], tonumber(ARGV[2]) / 1000
local began, bytes = seconds(), 0
local out = { 0 }
for i = 3, #ARGV do
  local id = ARGV[i]
  local state, score = stateOf(base, id)
  if state then
    local print, blob = packJob(base, id, state, score)
    bytes = bytes + #blob
    local at = #out
    out[at + 1], out[at + 2], out[at + 3], out[at + 4], out[at + 5] = id, redis.call('HGET', base .. id, 'name') or '', state, print, blob
  end
  out[1] = i - 2
  if bytes > 4194304 or seconds() - began > budget then break end
end
return out
`);

/**
 * The data of jobs, and its SHA-1. Same bounds.
 *
 * ARGV    1 base · 2 budget (ms) · 3… ids
 * reply   { through, id, data, print, id, … }
 */
export const READ_DATA = luaScript(`${CLOCK_LUA}
local base, budget = ARGV[1], tonumber(ARGV[2]) / 1000
local began, bytes = seconds(), 0
local out = { 0 }
for i = 3, #ARGV do
  local id = ARGV[i]
  local data = redis.call('HGET', base .. id, 'data')
  if data then
    bytes = bytes + #data
    local at = #out
    out[at + 1], out[at + 2], out[at + 3] = id, data, redis.sha1hex(data)
  end
  out[1] = i - 2
  if bytes > 4194304 or seconds() - began > budget then break end
end
return out
`);

/** ARGV 1 base · 2… ids; reply: a state, or '' where there is no job. */
export const READ_STATES = luaScript(`${STATE_LUA}
local out = {}
for i = 2, #ARGV do out[i - 1] = stateOf(ARGV[1], ARGV[i]) or '' end
return out
`);
