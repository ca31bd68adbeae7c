/**
 * Lua shared by all that read a HASH of somebody else's: no field is read before its size is known. A HASH that is small as a whole is read
 * at once, of any other each field is weighed. `budget` bounds what one call may copy (the copy is what holds the broker: ~1.6 ms a MB); a
 * field of at most 1 KB is read all the same, so that one big job takes no name and no time from those after it. `short`: a field was left
 * out that a new budget has room for.
 *
 * isSmall(key)                one command for most jobs, two for the rest; each field by its size where MEMORY is refused
 * utf8cut(s, max)            never inside a character
 * field(key, name, cut)      the text, cut; false beyond the budget; and the true size, 0 = not there
 * fieldsOf(key, names, cuts) a list as HMGET gives it, cut; false = not there, or too big
 * It all raises where the key is no HASH.
 */
export const HASH_LUA = `
local BUDGET = 3145728
local budget, short = BUDGET, false
local function utf8cut(s, max)
  if #s <= max then return s end
  local n = max
  while n > 0 do
    local b = string.byte(s, n + 1)
    if b < 128 or b >= 192 then break end
    n = n - 1
  end
  return string.sub(s, 1, n)
end
local function isSmall(key)
  local ok, bytes = pcall(redis.call, 'MEMORY', 'USAGE', key, 'SAMPLES', 128)
  if not ok then return false end
  -- Nothing is there; or so little that there is room for no more fields than were weighed.
  if not bytes or bytes <= 4096 then return true end
  return bytes <= 65536 and redis.call('HLEN', key) <= 128
end
local function field(key, name, cut)
  local size = redis.call('HSTRLEN', key, name)
  if size == 0 then return '', 0 end
  if size > 1024 and size > budget then
    short = short or size <= BUDGET
    return false, size
  end
  budget = budget - size
  return utf8cut(redis.call('HGET', key, name) or '', cut), size
end
local function fieldsOf(key, names, cuts)
  if isSmall(key) then
    local values = redis.call('HMGET', key, unpack(names))
    for i, value in ipairs(values) do
      if value and #value > cuts[i] then values[i] = utf8cut(value, cuts[i]) end
    end
    return values
  end
  local values = {}
  for i, name in ipairs(names) do
    local text, size = field(key, name, cuts[i])
    values[i] = size > 0 and text
  end
  return values
end
`;
