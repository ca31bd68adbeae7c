import { luaScript } from '../../redis/link';

/**
 * Names at both ends of a state that are none of the known ones; ≈ 1 µs a job.
 *
 * KEYS[1] the state's LIST or ZSET, or `repeat`
 * ARGV    1 what stands before an id in the key of its HASH · 2 how many from each end · 3 how many names at most · 4… known names
 * reply   { name, id, name, id … }; '' = no HASH, or none with a name. What BullMQ 5 repeats has no HASH: its name begins its id.
 */
export const UNKNOWN_NAMES = luaScript(`
local known, out = {}, {}
for i = 4, #ARGV do known[ARGV[i]] = true end
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return out end
local read = ({ list = 'LRANGE', zset = 'ZRANGE' })[kind]
if not read then return redis.error_reply('WRONGTYPE ' .. KEYS[1] .. ' is a ' .. kind) end
local isRepeat = string.sub(KEYS[1], -7) == ':repeat'
local function note(id)
  if string.sub(id, 1, 2) == '0:' or #out >= 2 * tonumber(ARGV[3]) then return end
  local size = redis.pcall('HSTRLEN', ARGV[1] .. id, 'name')
  local name = type(size) == 'number' and size <= 65536 and redis.pcall('HGET', ARGV[1] .. id, 'name')
  if type(name) ~= 'string' then name = isRepeat and string.match(id, '^[^:]*') or '' end
  if known[name] then return end
  known[name] = true
  out[#out + 1] = name
  out[#out + 1] = id
end
local count = tonumber(ARGV[2])
for _, id in ipairs(redis.call(read, KEYS[1], 0, count - 1)) do note(id) end
for _, id in ipairs(redis.call(read, KEYS[1], -count, -1)) do note(id) end
return out
`);
