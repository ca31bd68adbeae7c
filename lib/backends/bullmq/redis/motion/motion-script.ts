import { luaScript } from '../link';
import { HASH_LUA } from '../scripts/hash';
import { MARKERS_LUA } from '../scripts/markers';
import { STATE_LUA } from '../scripts/state';

/** Events looked at (~2 ms), and bytes of them: `completed` carries a whole return value, so the first steps are small. */
export const EVENTS_READ = 1_000;

/**
 * The facts behind "why does this queue not move?".
 *
 * KEYS[1] \`meta\` HASH · KEYS[2] \`events\` STREAM
 * ARGV    1 base of the queue · 2 most events to look at · 3 our clock in ms, for a broker that does not tell its own
 * reply   { server ms, paused, concurrency, max, duration, limiter count, its PTTL, wait, legacy paused, active, delayed, prioritized,
 *           waiting-children, score of the next delayed, next ready id's timestamp, its planned delay, its starts, newest start,
 *           active looked at, stalled-check (ms), its PTTL,
 *           movement: events read, 1 = there are older ones, ms of the oldest, arrived, taken, ended, last taken ms, paused ms,
 *           then 3 for each active job without a lock: id, processedOn, 1 = marked }  '' = absent, or it cannot be read
 */
export const READ_MOTION = luaScript(`${MARKERS_LUA}
local base, most = ARGV[1], tonumber(ARGV[2])
local function ask(...)
  local ok, reply = pcall(redis.call, ...)
  return ok and reply
end
local function short(value) return type(value) == 'string' and string.sub(value, 1, 64) or value end
local time = ask('TIME')
local now = time and tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) or tonumber(ARGV[3])
local out = { string.format('%.0f', now) }
local function put(value) out[#out + 1] = short(value) or '' end
local meta = ask('HMGET', KEYS[1], 'paused', 'concurrency', 'max', 'duration') or {}
for i = 1, 4 do put(meta[i]) end
put(ask('GET', base .. 'limiter'))
put(ask('PTTL', base .. 'limiter'))
local function askLua(read, key)
  local ok, reply = pcall(read, key)
  return ok and reply
end
for _, list in ipairs({ 'wait', 'paused', 'active' }) do put(askLua(jobsIn, base .. list)) end
for _, set in ipairs({ 'delayed', 'prioritized', 'waiting-children' }) do put(ask('ZCARD', base .. set)) end
put((ask('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES') or {})[2])
local nextId = askLua(lastJob, base .. 'wait') or askLua(lastJob, base .. 'paused')
  or (ask('ZRANGE', base .. 'prioritized', 0, 0) or {})[1]
local ready = { false, '', '' }
if nextId then
  local job = ask('HMGET', base .. nextId, 'timestamp', 'ats') or {}
  local size = ask('HSTRLEN', base .. nextId, 'opts')
  local opts = size and size <= 8192 and ask('HGET', base .. nextId, 'opts') or ''
  ready = { job[1], string.match(opts, '"delay":(%d+)') or '', job[2] }
end
for i = 1, 3 do put(ready[i]) end
local newest = ask('LINDEX', base .. 'active', 0)
put(newest and ask('HGET', base .. newest, 'processedOn'))
local oldest, lost = ask('LRANGE', base .. 'active', -50, -1) or {}, {}
for _, id in ipairs(oldest) do
  if not isMarker(id) and ask('EXISTS', base .. id .. ':lock') == 0 then
    lost[#lost + 1] = id
    lost[#lost + 1] = short(ask('HGET', base .. id, 'processedOn')) or ''
    lost[#lost + 1] = ask('SISMEMBER', base .. 'stalled', id) or 0
  end
end
put(#oldest)
put(ask('GET', base .. 'stalled-check'))
put(ask('PTTL', base .. 'stalled-check'))
local from, read, beyond, bytes, chunk, last, more = now - 60000, 0, 0, 0, 1, '+', true
local first, arrived, taken, ended, takenAt, pausedAt = now, 0, 0, 0, '', ''
while more and read < most and bytes < 524288 and beyond < 200 do
  local part = ask('XREVRANGE', KEYS[2], last, '-', 'COUNT', chunk) or {}
  more = #part == chunk
  for _, event in ipairs(part) do
    local ms, kind = tonumber(string.match(event[1], '^%d+')), ''
    for n = 1, #event[2], 2 do
      bytes = bytes + #event[2][n + 1] + 16
      if event[2][n] == 'event' then kind = event[2][n + 1] end
    end
    read = read + 1
    if ms >= from then
      first = ms
      if kind == 'waiting' then arrived = arrived + 1
      elseif kind == 'active' then taken = taken + 1
      elseif kind == 'completed' or kind == 'failed' then ended = ended + 1 end
    else beyond = beyond + 1 end
    if kind == 'active' and takenAt == '' then takenAt = string.format('%.0f', ms) end
    if kind == 'paused' and pausedAt == '' then pausedAt = string.format('%.0f', ms) end
  end
  if #part > 0 then last = '(' .. part[#part][1] end
  chunk = math.max(1, math.min(256, chunk * 4, most - read, math.floor((524288 - bytes) / (bytes / math.max(read, 1) + 1))))
end
put(read) put((more and beyond == 0) and 1 or 0) put(string.format('%.0f', beyond > 0 and from or first))
put(arrived) put(taken) put(ended) put(takenAt) put(pausedAt)
for _, value in ipairs(lost) do out[#out + 1] = value end
return out
`);

/** How far a waiting job's place is looked for: ~0.5 ms. */
export const PLACES_SEARCHED = 20_000;

/**
 * Where one job stands.
 *
 * KEYS[1] the job's HASH
 * ARGV    1 base of the queue · 2 id · 3 how far its place in the waiting list is looked for
 * reply   nil, or { state, score, processedOn, finishedOn, worker, attempts made, opts' attempts, locked, marked,
 *           waiting ahead, prioritized ahead, 1 = at least ('' = does not wait), unfinished children }
 */
export const READ_STANDING = luaScript(`${HASH_LUA}${STATE_LUA}${MARKERS_LUA}
local key, base, id, reach = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local state, score = stateOf(base, id)
if not state then return false end
local function ask(...)
  local ok, reply = pcall(redis.call, ...)
  return ok and reply
end
local job = fieldsOf(key, { 'processedOn', 'finishedOn', 'pb', 'atm', 'opts' }, { 32, 32, 512, 32, 8192 })
local out = { state, score or '', job[1] or '', job[2] or '', job[3] or '', job[4] or '0',
  string.match(job[5] or '', '"attempts":(%d+)') or '1', redis.call('EXISTS', key .. ':lock'),
  ask('SISMEMBER', base .. 'stalled', id) or 0, '', '', '' }
if state == 'prioritized' then
  local counted, waiting = pcall(jobsIn, base .. 'wait')
  out[10], out[11], out[12] = counted and waiting or 0, ask('ZRANK', base .. 'prioritized', id) or 0, 0
elseif state == 'waiting' then
  local ahead, found = 0, false
  for _, list in ipairs({ 'wait', 'paused' }) do
    if not found then
      local length = ask('LLEN', base .. list) or 0
      local at = ask('LPOS', base .. list, id, 'RANK', -1, 'MAXLEN', reach)
      if at then
        local behind = length - 1 - at
        for _, other in ipairs(behind > 0 and ask('LRANGE', base .. list, -math.min(behind, 64), -1) or {}) do
          if isMarker(other) then behind = behind - 1 end
        end
        ahead, found = ahead + behind, true
      else
        local counted, jobs = pcall(jobsIn, base .. list)
        ahead = ahead + math.min(counted and jobs or 0, reach)
      end
    end
  end
  out[10], out[11], out[12] = ahead, 0, found and 0 or 1
end
out[13] = ask('SCARD', key .. ':dependencies') or 0
return out
`);
