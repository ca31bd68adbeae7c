import { CLOCK_LUA } from '../bulk/clock-script';
import { type BuiltScript, freeLazily, functionsOf } from './built';
import { MARKERS_LUA } from './markers';
import { SCHEDULER_LUA } from './scheduler';

/**
 * One step of a drain, a clean or an obliteration: looks at a stretch of one structure and removes what may go, with BullMQ's own
 * `removeJob` (parents are told, deduplication keys freed). It ends by itself when its time is over.
 *
 * KEYS  1 the LIST or ZSET · 2 meta · 3 events · 4 active
 * ARGV  1 base (where BullMQ's functions expect it) · 2 'list' | 'zset' | 'finished' (a ZSET scored by when they ended) · 3 offset · 4 how many it may look at · 5 ms that it may take
 *       6 epoch ms: what is younger stays, '' = all may go · 7 '1' = the next runs of schedulers stay · 8 fields that tell the age, first
 *       known counts · 9 '1' = announce as `cleaned` · 10 '1' = only while the queue is paused and nothing runs
 * reply { 'running' } | { 'active', jobs } | { 'step', looked, removed, '1' when the end was reached, markers among the removed: they are no jobs, and go only with
 *       the queue }
 *
 * offset  a LIST is read from its tail, where the oldest is and workers take from; a ZSET from its lowest score. What stays is left in its place
 *         and stepped over by the next offset.
 * LIST    removed entries in the middle become '' (no id can be) and go by one LREM from the tail, as in BullMQ's clean.
 */
export const SWEEP: BuiltScript = {
  of: 'drain',
  build: (drain) => `
${freeLazily(functionsOf(drain, '-- We must not remove delayed jobs'))}
${SCHEDULER_LUA}${CLOCK_LUA}${MARKERS_LUA}
local base, set, kind = ARGV[1], KEYS[1], ARGV[2]
local offset, count, budget = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]) / 1000
if ARGV[10] == '1' then
  if rcall('HEXISTS', KEYS[2], 'paused') ~= 1 then return { 'running' } end
  local running = rcall('LLEN', KEYS[4])
  if running > 0 then return { 'active', running } end
end
local began = seconds()
local fields = {}
for field in string.gmatch(ARGV[8], '%S+') do fields[#fields + 1] = field end
local function isYoung(id)
  if ARGV[6] == '' or kind == 'finished' then return false end
  for _, value in ipairs(rcall('HMGET', base .. id, unpack(fields))) do
    if value then return (tonumber(value) or 0) > tonumber(ARGV[6]) end
  end
  return false
end
local markers = 0
local function stays(id)
  if kind == 'list' and isMarker(id) then
    if ARGV[10] ~= '1' then return true end
    markers = markers + 1
  end
  if ARGV[7] == '1' and ofScheduler(base, id) then return true end
  if set == KEYS[4] and rcall('EXISTS', base .. id .. ':lock') == 1 then return true end
  return isYoung(id)
end
local ids = {}
if kind == 'list' then
  local found = rcall('LRANGE', set, -(offset + count), -(offset + 1))
  for i = #found, 1, -1 do ids[#ids + 1] = found[i] end
elseif kind == 'finished' and ARGV[6] ~= '' then
  ids = rcall('ZRANGEBYSCORE', set, '-inf', ARGV[6], 'LIMIT', offset, count)
else
  ids = rcall('ZRANGE', set, offset, offset + count - 1)
end
local looked, gone, places = 0, {}, {}
for i, id in ipairs(ids) do
  if i % 8 == 0 and seconds() - began > budget then break end
  looked = i
  if not stays(id) then
    removeJob(id, true, base, true)
    gone[#gone + 1] = id
    places[#places + 1] = -(offset + i)
  end
end
if #gone > 0 then
  if kind ~= 'list' then rcall('ZREM', set, unpack(gone))
  elseif #gone == looked and offset == 0 then rcall('LTRIM', set, 0, -(looked + 1))
  else
    for _, place in ipairs(places) do rcall('LSET', set, place, '') end
    rcall('LREM', set, -#places, '')
  end
  if ARGV[9] == '1' then
    rcall('XADD', KEYS[3], 'MAXLEN', '~', rcall('HGET', KEYS[2], 'opts.maxLenEvents') or 10000, '*', 'event', 'cleaned', 'count', #gone)
  end
end
return { 'step', looked, #gone, looked == #ids and #ids < count and '1' or '0', markers }
`,
};
