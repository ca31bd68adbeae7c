import { luaScript } from '../redis/link';
import { ROW_LUA } from '../redis/scripts/row';
import { STATE_LUA } from '../redis/scripts/state';
import { HEAD_STEP, STREAM_STEP } from './streams';

/**
 * A flow's node is a job with any of these beside its HASH: SET `:dependencies` (children that have not ended), HASH `:processed`
 * (completed: key → result), HASH `:failed` (failed and ignored: key → reason), ZSET `:unsuccessful` (failed). A child's HASH names its
 * parent in `parentKey`.
 */

/**
 * Looks through streams for flows: jobs with children and no parent.
 *
 * KEYS[1..n] the streams' ZSETs or LISTs
 * ARGV    1 ms of the place ('' = the beginning) · 2 roots that are enough for each · then for each stream: base, state,
 *         'from' | 'beyond' | 'after', the id for 'after'. A stream that cannot be read has none.
 * reply   for each stream { searched, id and score of the last looked at ('' = at its end), id, ms, id, ms, … of the roots }
 */
export const SEARCH_FLOWS = luaScript(`
local at, enough = ARGV[1], tonumber(ARGV[2])
local function isRoot(key)
  local ok, parent = pcall(redis.call, 'HSTRLEN', key, 'parentKey')
  return ok and parent == 0
    and redis.call('EXISTS', key .. ':dependencies', key .. ':processed', key .. ':failed', key .. ':unsuccessful') > 0
end
local function head(key, base, state)
  local ids
  if state == 'active' or state == 'waiting' then ids = redis.call('LRANGE', key, -${HEAD_STEP}, -1)
  else ids = redis.call('ZRANGE', key, 0, ${HEAD_STEP - 1}) end
  local out = { #ids, '', '' }
  for i = 1, #ids do
    if isRoot(base .. ids[i]) then
      out[#out + 1] = ids[i]
      out[#out + 1] = redis.call('HGET', base .. ids[i], 'timestamp') or '0'
    end
  end
  return out
end
local function sorted(key, base, mode, id)
  local from = 0
  if at ~= '' then
    local rank = mode == 'after' and redis.call('ZSCORE', key, id)
    if rank and tonumber(rank) == tonumber(at) then from = redis.call('ZREVRANK', key, id) + 1
    elseif mode == 'beyond' then from = redis.call('ZCOUNT', key, at, '+inf')
    else from = redis.call('ZCOUNT', key, '(' .. at, '+inf') end
  end
  local page = redis.call('ZREVRANGE', key, from, from + ${STREAM_STEP - 1}, 'WITHSCORES')
  local out, roots, looked = { 0, '', '' }, 0, 0
  for i = 1, #page, 2 do
    looked = looked + 1
    if isRoot(base .. page[i]) then
      out[#out + 1] = page[i]
      out[#out + 1] = page[i + 1]
      roots = roots + 1
      if roots == enough then break end
    end
  end
  out[1] = looked
  if looked > 0 and from + looked < redis.call('ZCARD', key) then out[2], out[3] = page[looked * 2 - 1], page[looked * 2] end
  return out
end
local out = {}
for i = 1, #KEYS do
  local a = 4 * i - 1
  local base, state = ARGV[a], ARGV[a + 1]
  local inTime = state == 'completed' or state == 'failed' or state == 'waiting-children'
  local ok, found = pcall(inTime and sorted or head, KEYS[i], base, inTime and ARGV[a + 2] or state, ARGV[a + 3])
  out[i] = ok and found or { 0, '', '' }
end
return out
`);

/**
 * Rows and counts of children.
 *
 * KEYS[1..n] jobs' HASHes of one queue · ARGV 1 base, 2.. their ids
 * reply   for each { state, row, pending, processed, failed, ignored, parentKey } or {}
 */
export const FLOW_NODES = luaScript(`${ROW_LUA}${STATE_LUA}
local base, out = ARGV[1], {}
local function count(command, key)
  local ok, n = pcall(redis.call, command, key)
  return ok and n or 0
end
for i = 1, #KEYS do
  local key, id = KEYS[i], ARGV[i + 1]
  local state, score = stateOf(base, id)
  local one = state and rowOf(base, id, state, score)
  if one then
    local parent = redis.call('HSTRLEN', key, 'parentKey') <= 65536 and redis.call('HGET', key, 'parentKey')
    out[i] = { state, one, count('SCARD', key .. ':dependencies'), count('HLEN', key .. ':processed'),
      count('ZCARD', key .. ':unsuccessful'), count('HLEN', key .. ':failed'), parent or '' }
  else out[i] = {} end
end
return out
`);

/**
 * Keys of a job's children, never their results: a step of a scan where they are many. None where the structure is of another type.
 *
 * KEYS[1] the structure · ARGV 1 'set' | 'hash' | 'zset' · 2 cursor
 * reply   { next cursor ('0' = the end), key, … }
 */
export const CHILD_KEYS = luaScript(`
local key, kind, cursor = KEYS[1], ARGV[1], ARGV[2]
local out = { '0' }
if redis.call('TYPE', key).ok ~= kind then return out end
if kind == 'zset' then
  local from = tonumber(cursor)
  local keys = redis.call('ZRANGE', key, from, from + 4999)
  for i = 1, #keys do out[i + 1] = keys[i] end
  if #keys == 5000 then out[1] = tostring(from + 5000) end
  return out
end
if kind == 'set' then
  local step = redis.call('SSCAN', key, cursor, 'COUNT', 1000)
  out[1] = step[1]
  for i = 1, #step[2] do out[i + 1] = step[2][i] end
  return out
end
if redis.call('HLEN', key) <= 10000 then
  local keys = redis.call('HKEYS', key)
  for i = 1, #keys do out[i + 1] = keys[i] end
  return out
end
local step = redis.call('HSCAN', key, cursor, 'COUNT', 10)
out[1] = step[1]
for i = 1, #step[2], 2 do out[#out + 1] = step[2][i] end
return out
`);

/**
 * Keys of some unfinished children of jobs of one queue.
 *
 * KEYS[1..n] their `:dependencies` · ARGV 1 about how many of each
 * reply   for each { '0' = these are all, key, … }; of one that cannot be read { '?' }
 */
export const PENDING_KEYS = luaScript(`
local out = {}
for i = 1, #KEYS do
  local ok, step = pcall(redis.call, 'SSCAN', KEYS[i], '0', 'COUNT', ARGV[1])
  local one = { ok and step[1] or '?' }
  if ok then
    for n = 1, #step[2] do one[n + 1] = step[2][n] end
  end
  out[i] = one
end
return out
`);

/**
 * Which jobs of a queue have failed: ~1 µs for each.
 *
 * KEYS[1] its `failed` ZSET · ARGV ids
 * reply   the numbers of those that are in it, or nil where it is no ZSET
 */
export const FAILED_AMONG = luaScript(`
local out = {}
for i = 1, #ARGV do
  local ok, score = pcall(redis.call, 'ZSCORE', KEYS[1], ARGV[i])
  if not ok then return false end
  if score then out[#out + 1] = i end
end
return out
`);

/** Ids of the parents of a queue that have waited longest. KEYS[1] `waiting-children` ZSET · ARGV 1 how many · reply { how many in all (-1 = not known), id, … } */
export const WAITING_PARENTS = luaScript(`
local ok, ids = pcall(redis.call, 'ZRANGE', KEYS[1], 0, ARGV[1] - 1)
local counted, total = pcall(redis.call, 'ZCARD', KEYS[1])
if not ok then return { -1 } end
table.insert(ids, 1, counted and total or -1)
return ids
`);
