import { luaScript } from '../redis/link';
import { HASH_LUA } from '../redis/scripts/hash';

/** Jobs of one script: each costs two commands. */
export const JOBS_PER_SCRIPT = 40;

/**
 * Fields of several jobs' HASHes, cut. What is big as a whole is weighed field by field, and a field over 2 MB is left out, with its size.
 *
 * KEYS  the jobs' HASHes
 * ARGV  1 bytes that are enough: those after it come with the next call · 2 how many fields · then for each its name and its cut
 * reply for each job, as far as it went: { bytes of \`data\`, bytes of \`returnvalue\`, value, … } or false where there is no HASH
 */
export const READ_FIELDS = luaScript(`${HASH_LUA}
BUDGET = 2097152
budget = BUDGET
local left, count, names, cuts = tonumber(ARGV[1]), tonumber(ARGV[2]), {}, {}
for i = 1, count do
  names[i] = ARGV[1 + 2 * i]
  cuts[i] = tonumber(ARGV[2 + 2 * i])
end
local out = {}
local function read(key)
  local values = fieldsOf(key, names, cuts)
  local one = { 0, 0 }
  for i, value in ipairs(values) do
    local big = names[i] == 'data' and 1 or names[i] == 'returnvalue' and 2
    if value then left = left - #value end
    if big and (not value or #value >= cuts[i] - 4) then one[big] = redis.call('HSTRLEN', key, names[i])
    elseif big then one[big] = #value end
    one[i + 2] = value
  end
  return one
end
for i = 1, #KEYS do
  if left <= 0 then break end
  short = false
  local ok, one = pcall(read, KEYS[i])
  -- It comes with the next call, which can copy it whole.
  if short and i > 1 then break end
  out[i] = ok and one
end
return out
`);
