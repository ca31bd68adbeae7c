import { luaScript } from '../link';
import { MARKERS_LUA } from '../scripts/markers';

/** Jobs of one state that are looked at: 7 states × 8 jobs × 4 commands ≈ 0.4 ms for a queue. */
export const SAMPLED_PER_STATE = 8;

/**
 * A sample of one queue's jobs, and what older BullMQ versions left in it. What cannot be read is not in it.
 *
 * KEYS[1] \`meta\` (names the slot)
 * ARGV    1 base of the queue · 2 jobs of each state · 3 a random number, for lists (they cannot be drawn from cheaply: a run of
 *         neighbours is taken from somewhere in the first 2,000)
 * reply   { paused list's length, legacy repeatables among the first 20, more of them ('1'|'0'),
 *           then 4 for each state that has jobs: state, jobs, then { id, bytes in memory, payload bytes, name } flat, … }
 */
export const SAMPLE_QUEUE = luaScript(`${MARKERS_LUA}
local base, most, luck = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local function usage(key, payload)
  local reply = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 0)
  if type(reply) == 'number' then return reply end
  return payload + 600
end
local function ask(...)
  local ok, reply = pcall(redis.call, ...)
  return ok and reply
end
local function sized(ids)
  local list = {}
  for _, id in ipairs(ids) do
    local key = base .. id
    local kind = redis.call('TYPE', key)
    if (kind.ok or kind) == 'hash' then
      local payload = redis.call('HSTRLEN', key, 'data') + redis.call('HSTRLEN', key, 'returnvalue')
      list[#list + 1] = id
      list[#list + 1] = usage(key, payload)
      list[#list + 1] = payload
      list[#list + 1] = redis.call('HSTRLEN', key, 'name') <= 65536 and string.sub(redis.call('HGET', key, 'name') or '', 1, 512) or ''
    end
  end
  return list
end
local told, legacyPaused = pcall(jobsIn, base .. 'paused')
if not told then legacyPaused = 0 end
local legacy = 0
local repeats = ask('ZRANGE', base .. 'repeat', 0, 19) or {}
for _, member in ipairs(repeats) do
  if ask('HEXISTS', base .. 'repeat:' .. member, 'ic') == 0 then legacy = legacy + 1 end
end
local out = { legacyPaused, legacy, (ask('ZCARD', base .. 'repeat') or 0) > #repeats and 1 or 0 }
for _, list in ipairs({ 'wait', 'active' }) do
  local readable, jobs = pcall(jobsIn, base .. list)
  if not readable then jobs = 0 end
  if jobs > 0 then
    local from = luck % math.max(1, math.min(jobs, 2000) - most + 1)
    out[#out + 1] = list == 'wait' and 'waiting' or 'active'
    out[#out + 1] = jobs
    out[#out + 1] = sized(redis.call('LRANGE', base .. list, from, from + most - 1))
  end
end
for _, set in ipairs({ 'delayed', 'prioritized', 'waiting-children', 'completed', 'failed' }) do
  local jobs = ask('ZCARD', base .. set) or 0
  if jobs > 0 then
    out[#out + 1] = set
    out[#out + 1] = jobs
    out[#out + 1] = sized(redis.call('ZRANDMEMBER', base .. set, most))
  end
end
return out
`);
