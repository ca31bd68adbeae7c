import { EFFECT_RUN_LUA } from '../scripts/effect-run';
import { PACK_LUA } from './pack-script';

/** BullMQ's own scripts as this version of BullMQ defines them on a client. */
export interface BullmqTexts {
  reprocessJob: string;
  promote: string;
  removeJob: string;
}

/**
 * Changes jobs one after the other, each with its mark in the same step, until its budget of CPU time is used. BullMQ's own
 * scripts stand inside as functions (their KEYS and ARGV are parameters), so that parents, priorities, markers and events are
 * treated as BullMQ treats them.
 *
 * KEYS[1] marks of the operation: HASH id → outcome; with a field '' they are forgotten · KEYS[2] base of the queue (names its slot)
 * ARGV    1 base · 2 change · 3 budget (ms) · 4 state that jobs must be in · 5 option: '1' = attempts reset; base of the target
 *         queue · 6 name of the next run of completed jobs, '' = none · then per item: 7 id · 8 print · 9 data or blob
 * reply   an outcome for each item that was reached, at least one
 */
export function changeScript({ reprocessJob, promote, removeJob }: BullmqTexts): string {
  return `${PACK_LUA}
local function bullmqReprocess(KEYS, ARGV)
${reprocessJob}
end
local function bullmqPromote(KEYS, ARGV)
${promote}
end
local function bullmqRemove(KEYS, ARGV)
${removeJob}
end
${PLACE_LUA}${EFFECT_RUN_LUA}
local marks, base, change, budget = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]) / 1000
local expected, option, run = ARGV[4], ARGV[5], ARGV[6]
local began = seconds()
local function expectedState(id)
  local score = expected ~= 'waiting' and expected ~= 'active' and redis.call('ZSCORE', base .. expected, id)
  if score then return expected, score end
  return stateOf(base, id)
end
local function noLonger(state) return 'skipped: no longer ' .. expected .. ' (now ' .. state .. ')' end
local function retry(id)
  local key = base .. id
  local opts = redis.call('HGET', key, 'opts') or ''
  local push = string.find(opts, '"lifo":true', 1, true) and 'RPUSH' or 'LPUSH'
  local value = expected == 'completed' and 'returnvalue' or 'failedReason'
  local code = bullmqReprocess({ key, base .. 'events', base .. expected, base .. 'wait', base .. 'meta', base .. 'active',
    base .. 'marker', base .. 'prioritized', base .. 'pc' }, { id, push, value, expected, option, option })
  if code == 1 then
    if expected == 'completed' and run ~= '' then nameRun(key, run) end
    return 'done'
  end
  if code == -1 then return 'skipped: gone' end
  return noLonger(stateOf(base, id) or 'gone')
end
-- The plain case (no priority, no parent), step for step what BullMQ's reprocessJob does, at half its cost; the marker once for all.
local events, wakes = base .. 'events', false
local kept = change == 'retry' and maxEvents(base)
local function retryPlain(id)
  local key = base .. id
  local h = redis.call('HMGET', key, 'opts', 'priority', 'parentKey')
  if not h[1] or h[3] or (tonumber(h[2] or '0') or 0) ~= 0 or redis.call('ZREM', base .. expected, id) == 0 then return retry(id) end
  wakes = true
  redis.call(string.find(h[1], '"lifo":true', 1, true) and 'RPUSH' or 'LPUSH', base .. 'wait', id)
  redis.call('HDEL', key, 'finishedOn', 'processedOn', expected == 'completed' and 'returnvalue' or 'failedReason')
  if option == '1' then redis.call('HDEL', key, 'atm', 'ats') end
  if expected == 'completed' and run ~= '' then nameRun(key, run) end
  redis.call('XADD', events, 'MAXLEN', '~', kept, '*', 'event', 'waiting', 'jobId', id, 'prev', expected)
  return 'done'
end
local function promote(id)
  local code = bullmqPromote({ base .. 'delayed', base .. 'wait', base .. 'paused', base .. 'meta', base .. 'prioritized',
    base .. 'active', base .. 'pc', base .. 'events', base .. 'marker' }, { base, id })
  if code == 0 then return 'done' end
  local state = stateOf(base, id)
  if not state then return 'skipped: gone' end
  return noLonger(state)
end
local function take(id, print, state, score)
  if printJob(base, id, state, score) ~= print then return 'changed' end
  local code = bullmqRemove({ base .. id, base .. 'repeat' }, { id, '0', base })
  if code == 1 then return 'done' end
  if code == -8 then return 'skipped: the next run of a scheduler' end
  return 'skipped: a worker holds it'
end
local function remove(id, print)
  local state, score = expectedState(id)
  if not state then return 'skipped: gone' end
  if state ~= expected then return noLonger(state) end
  return take(id, print, state, score)
end
local function cancel(id, print)
  local state, score = stateOf(base, id)
  if not state then return 'skipped: gone' end
  if state == 'active' then return 'active' end
  if state == 'completed' or state == 'failed' then return 'skipped: it has ended (' .. state .. ')' end
  if state == 'waiting-children' then return 'skipped: it waits for its children' end
  return take(id, print, state, score)
end
local function editAndRetry(id, print, data)
  local now = redis.call('HGET', base .. id, 'data')
  if not now then return 'skipped: gone' end
  if redis.sha1hex(now) ~= print then return 'changed' end
  local outcome = retry(id)
  if outcome == 'done' then redis.call('HSET', base .. id, 'data', data) end
  return outcome
end
-- Nobody but the operation added the copy, and it has run nothing yet.
local function forCopy(opts) return withoutField(withoutField(opts, 'addedBy'), 'effectRun') end
local function duplicate(id)
  local key = base .. id
  local h = redis.call('HMGET', key, 'name', 'data', 'opts', 'priority')
  if not h[1] then return 'skipped: gone' end
  local copy
  repeat copy = tostring(redis.call('INCR', base .. 'id')) until redis.call('EXISTS', base .. copy) == 0
  local now = redis.call('TIME')
  redis.call('HSET', base .. copy, 'name', h[1], 'data', h[2] or '{}', 'opts', forCopy(h[3] or '{}'), 'delay', '0', 'priority', h[4] or '0',
    'timestamp', string.format('%.0f', tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)))
  local priority = tonumber(h[4] or '0') or 0
  redis.call('XADD', base .. 'events', '*', 'event', 'added', 'jobId', copy, 'name', h[1])
  place(base, copy, priority > 0 and 'prioritized' or 'waiting', newPriorityScore(base, priority))
  return 'done: copied as job ' .. copy
end
local function restore(id, blob)
  if redis.call('EXISTS', base .. id) == 1 then return 'skipped: the id is taken' end
  local kept = cmsgpack.unpack(blob)
  local job = cmsgpack.unpack(kept[1])
  unpackJob(base, id, job)
  if kept[2] ~= '' then hold(base, id, kept[2], kept[3]) end
  noteId(base, id)
  place(base, id, job[1], job[2])
  relink(base .. id, job[1])
  return 'done'
end
local function move(id, target)
  local state, score = stateOf(base, id)
  if not state then return 'skipped: gone' end
  if state ~= expected then return noLonger(state) end
  local from, to = base .. id, target .. id
  if redis.call('EXISTS', from .. ':lock') == 1 then return 'skipped: a worker holds it' end
  if redis.call('HEXISTS', from, 'parentKey') == 1
    or redis.call('EXISTS', from .. ':dependencies', from .. ':processed', from .. ':failed', from .. ':unsuccessful') > 0 then
    return 'skipped: part of a flow'
  end
  if redis.call('HEXISTS', from, 'rjk') == 1 and state ~= 'completed' and state ~= 'failed' then
    return 'skipped: a run of a scheduler'
  end
  if redis.call('EXISTS', to) == 1 then return 'skipped: the id is taken there' end
  local dedup = redis.call('HGET', from, 'deid')
  if dedup and redis.call('GET', base .. 'de:' .. dedup) == id then
    local ttl = redis.call('PTTL', base .. 'de:' .. dedup)
    redis.call('DEL', base .. 'de:' .. dedup)
    hold(target, id, dedup, ttl)
  end
  leave(base, id, state)
  redis.call('RENAME', from, to)
  if redis.call('EXISTS', from .. ':logs') == 1 then redis.call('RENAME', from .. ':logs', to .. ':logs') end
  redis.call('XADD', base .. 'events', 'MAXLEN', '~', maxEvents(base), '*', 'event', 'removed', 'jobId', id, 'prev', state)
  noteId(target, id)
  if state == 'prioritized' then score = newPriorityScore(target, tonumber(redis.call('HGET', to, 'priority')) or 0) end
  place(target, id, state, score)
  return 'done'
end
local CHANGES = {
  retry = retryPlain, promote = promote, remove = remove, cancel = cancel, duplicate = duplicate, ['edit-and-retry'] = editAndRetry,
  restore = function(id, _, blob) return restore(id, blob) end,
  move = function(id) return move(id, option) end,
  look = function() return '' end,
}
local changeOne = CHANGES[change]
local ids = {}
for at = 7, #ARGV, 3 do ids[#ids + 1] = ARGV[at] end
local out = {}
if change ~= 'look' and redis.call('HEXISTS', marks, '') == 1 then
  for i = 1, #ids do out[i] = 'ended' end
  return out
end
local marked = redis.call('HMGET', marks, unpack(ids))
for i, id in ipairs(ids) do
  local outcome = marked[i]
  if not outcome then
    local ok, answer = pcall(changeOne, id, ARGV[3 * i + 5], ARGV[3 * i + 6])
    if ok then outcome = answer
    else outcome = 'failed: ' .. string.sub(tostring(type(answer) == 'table' and answer.err or answer), 1, 200) end
    if outcome ~= '' and outcome ~= 'changed' and outcome ~= 'active' then redis.call('HSET', marks, id, outcome) end
  end
  out[i] = outcome
  if i % 5 == 0 and seconds() - began > budget then break end
end
if wakes and not isHeld(base) then redis.call('ZADD', base .. 'marker', 0, '0') end
if change ~= 'look' then redis.call('EXPIRE', marks, ${30 * 86_400}) end
return out
`;
}

/** What BullMQ has no script for: a job put into, or taken out of, the structure of its state; see the keys in state-script.ts. */
const PLACE_LUA = `
local function maxEvents(base)
  local max = redis.call('HGET', base .. 'meta', 'opts.maxLenEvents')
  if max then return max end
  redis.call('HSET', base .. 'meta', 'opts.maxLenEvents', '10000')
  return '10000'
end
local function isHeld(base)
  local meta = redis.call('HMGET', base .. 'meta', 'paused', 'concurrency')
  if meta[1] then return true end
  return meta[2] and redis.call('LLEN', base .. 'active') >= tonumber(meta[2]) or false
end
local function newPriorityScore(base, priority)
  if priority == 0 then return '' end
  return string.format('%.0f', priority * 4294967296 + redis.call('INCR', base .. 'pc') % 4294967296)
end
local function noteId(base, id)
  if not string.match(id, '^%d+$') or #id > 15 then return end
  if tonumber(id) > (tonumber(redis.call('GET', base .. 'id') or '0') or 0) then redis.call('SET', base .. 'id', id) end
end
local function hold(base, id, dedup, ttl)
  if redis.call('SET', base .. 'de:' .. dedup, id, 'NX') and ttl > 0 then redis.call('PEXPIRE', base .. 'de:' .. dedup, ttl) end
end
local function leave(base, id, state)
  if state == 'waiting' then
    if redis.call('LREM', base .. 'wait', -1, id) == 0 then redis.call('LREM', base .. 'paused', -1, id) end
  else redis.call('ZREM', base .. state, id) end
end
local function place(base, id, state, score)
  local max = maxEvents(base)
  local function tell(...) redis.call('XADD', base .. 'events', 'MAXLEN', '~', max, '*', 'event', ...) end
  if state == 'waiting' then redis.call('LPUSH', base .. 'wait', id)
  else redis.call('ZADD', base .. state, score, id) end
  if state == 'waiting' or state == 'prioritized' then
    if not isHeld(base) then redis.call('ZADD', base .. 'marker', 0, '0') end
    tell('waiting', 'jobId', id)
  elseif state == 'delayed' then
    local first = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')
    redis.call('ZADD', base .. 'marker', tonumber(first[2]) / 4096, '1')
    tell('delayed', 'jobId', id, 'delay', string.format('%.0f', math.floor(tonumber(score) / 4096)))
  else tell('restored', 'jobId', id) end
end
local function pushAll(command, key, values, step)
  for i = 1, #values, step do redis.call(command, key, unpack(values, i, math.min(i + step - 1, #values))) end
end
local function unpackJob(base, id, job)
  local key, parts = base .. id, job[4]
  pushAll('HSET', key, job[3], 1000)
  if #parts > 0 then
    pushAll('RPUSH', key .. ':logs', parts[1], 1000)
    pushAll('SADD', key .. ':dependencies', parts[2], 1000)
    pushAll('HSET', key .. ':processed', parts[3], 1000)
    pushAll('HSET', key .. ':failed', parts[4], 1000)
    for i = 1, #parts[5], 2 do redis.call('ZADD', key .. ':unsuccessful', parts[5][i + 1], parts[5][i]) end
  end
end
local function relink(key, state)
  if state == 'completed' or state == 'failed' then return end
  local parent = redis.call('HGET', key, 'parentKey')
  if not parent or redis.call('EXISTS', parent) == 0 then return end
  local queue, id = string.match(parent, '^(.*:)(.-)$')
  if queue and redis.call('ZSCORE', queue .. 'waiting-children', id) then redis.call('SADD', parent .. ':dependencies', key) end
end
`;
