import { luaScript } from '../link';

/**
 * The figures of many queues in one round trip. A queue that shows no event since its cursor and is not due for a second
 * look costs nothing but its place in one XREAD.
 *
 * KEYS    the \`:events\` STREAM of each queue
 * ARGV[1] how many commands it may cost in all; the counts are read whatever they cost
 * ARGV    then 7 for each queue: base · cursor (stream id) · force '1' · used (one letter for each structure that was not empty
 *         at the last look, of d p w l c f) · id whose timestamp is known as the oldest waiting · failed count,
 *         score and id of the newest failure known · extras wanted, in order, of m (meta) o (oldest) e (error)
 * reply   { server ms, then for each queue read: { index, wait, active, delayed, prioritized, waiting-children, legacy paused,
 *           completed, failed, meta (or 0), oldest (or 0), error (or 0) } }
 *         meta = { paused, concurrency, max, duration, events kept } · oldest = { id, timestamp } · error = { id, score, text }, {} where the count is the one known
 *
 * 1. counts: LLEN and ZCARD. Of the structures that were empty, one EXISTS tells that they still are.
 * 2. extras, while the allowance lasts: the oldest waiting where none is known, then in the order of the queues given (the
 *    stalest first).
 */
export const READ_FIGURES = luaScript(`
local PER = 7
local queues = #KEYS
local allowance = tonumber(ARGV[1])
local time = redis.call('TIME')
local out = { time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000)) }
local function arg(i, n) return ARGV[1 + (i - 1) * PER + n] end
local changed, first = {}, {}
local read = { 'COUNT', 1, 'STREAMS' }
for i = 1, queues do read[3 + i] = KEYS[i]; read[3 + queues + i] = arg(i, 2) end
local byKey = {}
for i = 1, queues do byKey[KEYS[i]] = i end
local news = redis.call('XREAD', unpack(read))
if news then
  for _, stream in ipairs(news) do
    local i = byKey[stream[1]]
    changed[i] = true
    local fields = stream[2][1][2]
    for f = 1, #fields, 2 do
      if fields[f] == 'event' then first[i] = fields[f + 1] end
    end
  end
end
local SETS = { { 'd', 'delayed' }, { 'p', 'prioritized' }, { 'w', 'waiting-children' }, { 'l', 'paused' }, { 'c', 'completed' }, { 'f', 'failed' } }
local function count(base, set)
  return redis.call(set[1] == 'l' and 'LLEN' or 'ZCARD', base .. set[2])
end
local looked = {}
for i = 1, queues do
  if changed[i] or arg(i, 3) == '1' then
    local base, used = arg(i, 1), arg(i, 4)
    local sizes, empty, keys = {}, {}, {}
    for _, set in ipairs(SETS) do
      if string.find(used, set[1], 1, true) then sizes[set[1]] = count(base, set)
      else
        empty[#empty + 1] = set
        keys[#keys + 1] = base .. set[2]
        sizes[set[1]] = 0
      end
    end
    if #empty > 0 and redis.call('EXISTS', unpack(keys)) > 0 then
      for _, set in ipairs(empty) do sizes[set[1]] = count(base, set) end
    end
    local one = { i, redis.call('LLEN', base .. 'wait'), redis.call('LLEN', base .. 'active'), sizes.d, sizes.p, sizes.w, sizes.l,
      sizes.c, sizes.f, 0, 0, 0 }
    allowance = allowance - 3 - #used
    looked[#looked + 1] = one
    out[#out + 1] = one
  end
end
local function meta(base, one)
  local m = redis.call('HMGET', base .. 'meta', 'paused', 'concurrency', 'max', 'duration', 'opts.maxLenEvents')
  for n = 1, 5 do m[n] = m[n] or '' end
  one[10] = m
  return 1
end
local function oldest(base, one, known)
  if one[2] + one[7] == 0 then return 0 end
  local id = redis.call('LINDEX', base .. (one[2] > 0 and 'wait' or 'paused'), -1)
  if not id then return 1 end
  if id == known then one[11] = { id, '' } return 1 end
  one[11] = { id, redis.call('HGET', base .. id, 'timestamp') or '' }
  return 2
end
local function failure(base, one, count, score, id)
  if one[9] == 0 then return 0 end
  if tostring(one[9]) == count then one[12] = {} return 0 end
  local newest = redis.call('ZREVRANGE', base .. 'failed', 0, 0, 'WITHSCORES')
  if not newest[1] then return 1 end
  if newest[1] == id and newest[2] == score then one[12] = { id, score, '' } return 1 end
  local size = redis.call('HSTRLEN', base .. newest[1], 'failedReason')
  local text = '(an error text of ' .. size .. ' bytes)'
  if size <= 1048576 then text = string.sub(redis.call('HGET', base .. newest[1], 'failedReason') or '', 1, 2048) end
  one[12] = { newest[1], newest[2], text }
  return 3
end
allowance = math.max(allowance, math.ceil(queues / 5))
for _, one in ipairs(looked) do
  if arg(one[1], 5) == '' and allowance > 0 then allowance = allowance - oldest(arg(one[1], 1), one, '') end
end
for _, one in ipairs(looked) do
  local i = one[1]
  local base, wanted = arg(i, 1), arg(i, 7)
  if first[i] == 'paused' or first[i] == 'resumed' then meta(base, one) wanted = string.gsub(wanted, 'm', '') end
  for n = 1, #wanted do
    if allowance <= 0 then break end
    local what = string.sub(wanted, n, n)
    if what == 'm' then allowance = allowance - meta(base, one)
    elseif what == 'o' then
      if one[11] == 0 then allowance = allowance - oldest(base, one, arg(i, 5)) end
    else
      local count, score, id = string.match(arg(i, 6), '^(%d+) (%S+) (.*)$')
      allowance = allowance - failure(base, one, count, score, id)
    end
  end
end
return out
`);
