import { luaScript } from '../link';
import { MARKERS_LUA } from '../scripts/markers';
import { CLOCK_LUA } from './clock-script';

/**
 * A step of a search through one state: the ids that fit, without their payloads (their data only where it is wanted). Ends by
 * its budget of CPU time, whatever the limit.
 *
 * KEYS[1] the ZSET or LIST · KEYS[2] the LIST after it, if any
 * ARGV    1 base · 2 kind: 'zset' | 'list' · 3 limit · 4 budget (ms) · 5, 6 position: zset: score, id of the last; list: number
 *         of the list, index from its head · 7 '1' = look into the jobs · 8 '1' = give data · 9 field of time, '' = none ·
 *         10 from (ms) · 11 to (ms) · 12 part of the error, lower case · 13 '1' = by name · 14… names
 * A job whose key is none of a job fits nothing.
 * reply   { searched, position 1, position 2 ('' = the end), id, data, id, data, … }
 *
 * A ZSET is walked by (score, id). A LIST is walked from its head, where jobs arrive: what arrives meanwhile shifts the rest
 * back and shows some again, what leaves at the tail shifts nothing, so nothing that stays is missed; against jobs taken out of
 * the middle each step looks again at the last 100 of the one before.
 */
export const SCAN_JOBS = luaScript(`${CLOCK_LUA}${MARKERS_LUA}
local base, isZset, limit, budget = ARGV[1], ARGV[2] == 'zset', tonumber(ARGV[3]), tonumber(ARGV[4]) / 1000
local look, giveData, timeField = ARGV[7] == '1', ARGV[8] == '1', ARGV[9]
local from, to, needle, byName = tonumber(ARGV[10]), tonumber(ARGV[11]), ARGV[12], ARGV[13] == '1'
local names, lengths = {}, {}
for i = 14, #ARGV do names[ARGV[i]], lengths[#ARGV[i]] = true, true end
local began = seconds()
local TOO_BIG = 262144
local out = { 0, '', '' }
local function fits(id)
  local key = base .. id
  if look then
    local length = redis.call('HSTRLEN', key, 'name')
    if length == 0 and redis.call('HEXISTS', key, 'timestamp') == 0 then return false end
    if byName and not (lengths[length] and names[redis.call('HGET', key, 'name') or '']) then return false end
    if timeField ~= '' then
      local field = timeField == 'added' and 'timestamp' or 'finishedOn'
      if redis.call('HSTRLEN', key, field) > 32 then return false end
      local at = tonumber(redis.call('HGET', key, field) or '')
      if not at or at < from or at > to then return false end
    end
    if needle ~= '' then
      if redis.call('HSTRLEN', key, 'failedReason') > TOO_BIG then return false end
      local reason = redis.call('HGET', key, 'failedReason')
      if not reason or not string.find(string.lower(reason), needle, 1, true) then return false end
    end
  end
  if not giveData then return true, '' end
  if redis.call('HSTRLEN', key, 'data') > TOO_BIG then return true, '' end
  return true, redis.call('HGET', key, 'data') or ''
end
local seen = 0
local function take(id)
  local readable, ok, data = pcall(fits, id)
  if not readable then
    local words = type(ok) == 'table' and ok.err or tostring(ok)
    if not string.find(words, 'WRONGTYPE', 1, true) then error(ok, 0) end
  elseif ok then
    out[#out + 1] = id
    out[#out + 1] = data
  end
end
local function isOver(i) return look and i % 50 == 0 and seconds() - began > budget end
if isZset then
  local key, score, last = KEYS[1], ARGV[5], ARGV[6]
  local start = 0
  if score ~= '' then
    local here = redis.call('ZSCORE', key, last)
    if here and tonumber(here) == tonumber(score) then start = redis.call('ZRANK', key, last) + 1
    else start = redis.call('ZCOUNT', key, '-inf', '(' .. score) end
  end
  local page = redis.call('ZRANGE', key, start, start + limit - 1, 'WITHSCORES')
  for i = 1, #page, 2 do
    take(page[i])
    seen = seen + 1
    if isOver((i + 1) / 2) or i + 1 == #page then
      if i + 1 < #page or #page == 2 * limit then out[2], out[3] = page[i + 1], page[i] end
      break
    end
  end
else
  local list, index = tonumber(ARGV[5]) or 1, tonumber(ARGV[6]) or 0
  local first = math.max(0, index - 100)
  local page = redis.call('LRANGE', KEYS[list], first, index + limit - 1)
  local at = first
  for i = 1, #page do
    at = first + i
    if at > index then seen = seen + 1 end
    if not isMarker(page[i]) then take(page[i]) end
    if at > index and isOver(i) then break end
  end
  if at < first + #page or #page == limit + index - first then out[2], out[3] = tostring(list), tostring(math.max(at, index + 1))
  elseif list < #KEYS then out[2], out[3] = tostring(list + 1), '0' end
end
out[1] = seen
return out
`);
