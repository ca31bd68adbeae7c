import { luaScript } from '../link';
import { MARKERS_LUA } from './markers';

/** Distinct priorities, the most urgent first, whose first jobs are looked at for the one that waits longest; and that of the least urgent one. */
const LEVELS = 7;

/**
 * The figures of many queues in one round trip. A queue that shows no event since its cursor and is not due for a second
 * look costs nothing but its place in one XREAD. A key that cannot be read (it is of another type, or refused) costs what it feeds.
 *
 * KEYS    the \`:events\` STREAM of each queue
 * ARGV[1] how many commands it may cost in all; the counts are read whatever they cost
 * ARGV[2] our clock in ms, for a broker that does not tell its own
 * ARGV    then 7 for each queue: base · cursor (stream id) · force '1' ('2' = and its events are not read) · used (one letter for each structure that was not empty
 *         at the last look, of d p w l c f; k where markers are to be expected) · timestamp and id of the job known as the one that waits
 *         longest · failed count, score and id of the newest failure known · extras wanted, in order, of m (meta) o (oldest) e (error)
 * reply   { server ms, then for each queue read: { index, wait, active, delayed, prioritized, waiting-children, legacy paused,
 *           completed, failed, meta (or 0), oldest (or 0), error (or 0), odd (or 0), markers } }, a count of -1 = it cannot be read
 *         meta = { paused, concurrency, max, duration, events kept, version } · oldest = { id, timestamp } · error = { id, score, text }, {} where the count is the one known
 *         odd = { what, the server's words, … } · markers = how many were met, which the counts are without
 *
 * 1. counts: LLEN and ZCARD, less the markers (see markers.ts). Of the structures that were empty, one EXISTS tells that they still are.
 * 2. extras, while the allowance lasts: the oldest that could be taken where none is known, then in the order of the queues given (the
 *    stalest first). It is looked for among the last of \`wait\` and \`paused\` and the first of each priority: up to ${LEVELS} from the most
 *    urgent on, and the least urgent one, where jobs starve.
 */
export const READ_FIGURES = luaScript(`${MARKERS_LUA}
local PER = 7
local queues = #KEYS
local allowance = tonumber(ARGV[1])
local told, time = pcall(redis.call, 'TIME')
local out = { told and time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000)) or ARGV[2] }
local function arg(i, n) return ARGV[2 + (i - 1) * PER + n] end
local odd = {}
local function note(i, what, fault)
  odd[i] = odd[i] or {}
  odd[i][#odd[i] + 1] = what
  odd[i][#odd[i] + 1] = type(fault) == 'table' and fault.err or tostring(fault)
end
local function ask(i, what, ...)
  local ok, reply = pcall(redis.call, ...)
  if ok then return reply end
  note(i, what, reply)
end
local changed, first = {}, {}
local function take(i, stream)
  changed[i] = true
  local fields = stream[1][2]
  for f = 1, #fields, 2 do
    if fields[f] == 'event' then first[i] = fields[f + 1] end
  end
end
local read, byKey, followed = { 'COUNT', 1, 'STREAMS' }, {}, {}
for i = 1, queues do
  if arg(i, 3) == '2' then changed[i] = true else followed[#followed + 1] = i end
end
for n, i in ipairs(followed) do
  read[3 + n] = KEYS[i]
  read[3 + #followed + n] = arg(i, 2)
  byKey[KEYS[i]] = i
end
local all, news = true, false
if #followed > 0 then all, news = pcall(redis.call, 'XREAD', unpack(read)) end
if all then
  for _, stream in ipairs(news or {}) do take(byKey[stream[1]], stream[2]) end
else
  for _, i in ipairs(followed) do
    local ok, one = pcall(redis.call, 'XREAD', 'COUNT', 1, 'STREAMS', KEYS[i], arg(i, 2))
    if not ok then
      note(i, 'events', one)
      changed[i] = true
    elseif one then take(i, one[1][2]) end
  end
end
local SETS = { { 'd', 'delayed' }, { 'p', 'prioritized' }, { 'w', 'waiting-children' }, { 'l', 'paused' }, { 'c', 'completed' }, { 'f', 'failed' } }
local function count(i, base, set)
  return ask(i, set[2], set[1] == 'l' and 'LLEN' or 'ZCARD', base .. set[2]) or -1
end
local LISTS = { { 2, 'wait' }, { 7, 'paused' }, { 3, 'active' } }
local function leaveMarkers(i, base, one)
  local cost = 0
  for _, list in ipairs(LISTS) do
    local length = one[list[1]]
    if length > 0 then
      local ok, found = pcall(markersIn, base .. list[2], length)
      if ok then
        one[list[1]] = length - found
        one[14] = one[14] + found
      end
      cost = cost + 1
    end
  end
  return cost
end
local looked = {}
for i = 1, queues do
  if changed[i] or arg(i, 3) == '1' then
    local base, used = arg(i, 1), arg(i, 4)
    local sizes, empty, keys = {}, {}, {}
    for _, set in ipairs(SETS) do
      if string.find(used, set[1], 1, true) then sizes[set[1]] = count(i, base, set)
      else
        empty[#empty + 1] = set
        keys[#keys + 1] = base .. set[2]
        sizes[set[1]] = 0
      end
    end
    if #empty > 0 then
      local ok, there = pcall(redis.call, 'EXISTS', unpack(keys))
      if not ok or there > 0 then
        for _, set in ipairs(empty) do sizes[set[1]] = count(i, base, set) end
      end
    end
    local one = { i, ask(i, 'wait', 'LLEN', base .. 'wait') or -1, ask(i, 'active', 'LLEN', base .. 'active') or -1, sizes.d, sizes.p,
      sizes.w, sizes.l, sizes.c, sizes.f, 0, 0, 0, 0, 0 }
    if string.find(used, 'k', 1, true) then allowance = allowance - leaveMarkers(i, base, one) end
    allowance = allowance - 3 - #used
    looked[#looked + 1] = one
    out[#out + 1] = one
  end
end
local function meta(i, base, one)
  local m = ask(i, 'meta', 'HMGET', base .. 'meta', 'paused', 'concurrency', 'max', 'duration', 'opts.maxLenEvents', 'version')
  if not m then return 1 end
  for n = 1, 6 do m[n] = string.sub(m[n] or '', 1, 64) end
  one[10] = m
  return 1
end
local function headsOf(i, key, take)
  local cost, from, level = 0, '-inf', nil
  local function head()
    local found = ask(i, 'oldest', 'ZRANGEBYSCORE', key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    cost = cost + 1
    if not found or not found[1] then return false end
    take(found[1])
    level = math.floor(tonumber(found[2]) / 0x100000000)
    return true
  end
  for n = 1, ${LEVELS} do
    if not head() then return cost end
    from = string.format('%.0f', (level + 1) * 0x100000000)
  end
  local last = ask(i, 'oldest', 'ZREVRANGE', key, 0, 0, 'WITHSCORES')
  local lowest = last and last[2] and math.floor(tonumber(last[2]) / 0x100000000)
  if lowest and lowest > level then
    from = string.format('%.0f', lowest * 0x100000000)
    head()
  end
  return cost + 1
end
local function oldest(i, base, one, known)
  local knownAt, knownId = string.match(known, '^(%d+) (.*)$')
  local cost, first, at = 0, false, false
  local function take(id)
    local time = knownAt
    if id ~= knownId then
      time = string.sub(ask(i, 'oldest', 'HGET', base .. id, 'timestamp') or '', 1, 32)
      cost = cost + 1
    end
    local ms = tonumber(time)
    if not first or (ms and (not at or ms < at)) then first, at = id, ms or at end
  end
  local met = 0
  for _, list in ipairs({ LISTS[1], LISTS[2] }) do
    if one[list[1]] > 0 then
      local ok, id, markers = pcall(lastJob, base .. list[2])
      cost = cost + 1
      if not ok then note(i, 'oldest', id)
      else
        met = met + markers
        if id then take(id) end
      end
    end
  end
  if one[5] > 0 then cost = cost + headsOf(i, base .. 'prioritized', take) end
  if met > 0 and one[14] == 0 then cost = cost + leaveMarkers(i, base, one) end
  if first then one[11] = { first, at and string.format('%.0f', at) or '' } end
  return cost
end
local function failure(i, base, one, count, score, id)
  if one[9] <= 0 then return 0 end
  if tostring(one[9]) == count then one[12] = {} return 0 end
  local newest = ask(i, 'failed', 'ZREVRANGE', base .. 'failed', 0, 0, 'WITHSCORES')
  if not newest or not newest[1] then return 1 end
  if newest[1] == id and newest[2] == score then one[12] = { id, score, '' } return 1 end
  local size = ask(i, 'newest failure', 'HSTRLEN', base .. newest[1], 'failedReason')
  if not size then return 2 end
  local text = '(an error text of ' .. size .. ' bytes)'
  if size <= 1048576 then text = string.sub(ask(i, 'newest failure', 'HGET', base .. newest[1], 'failedReason') or '', 1, 2048) end
  one[12] = { newest[1], newest[2], text }
  return 3
end
allowance = math.max(allowance, math.ceil(queues / 5))
for _, one in ipairs(looked) do
  local i = one[1]
  if arg(i, 5) == '' and allowance > 0 then allowance = allowance - oldest(i, arg(i, 1), one, '') end
end
for _, one in ipairs(looked) do
  local i = one[1]
  local base, wanted = arg(i, 1), arg(i, 7)
  if first[i] == 'paused' or first[i] == 'resumed' then meta(i, base, one) wanted = string.gsub(wanted, 'm', '') end
  for n = 1, #wanted do
    if allowance <= 0 then break end
    local what = string.sub(wanted, n, n)
    if what == 'm' then allowance = allowance - meta(i, base, one)
    elseif what == 'o' then
      if one[11] == 0 then allowance = allowance - oldest(i, base, one, arg(i, 5)) end
    else
      local count, score, id = string.match(arg(i, 6), '^(%d+) (%S+) (.*)$')
      allowance = allowance - failure(i, base, one, count, score, id)
    end
  end
end
for _, one in ipairs(looked) do one[13] = odd[one[1]] or 0 end
return out
`);
