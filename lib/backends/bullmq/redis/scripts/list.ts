import { luaScript } from '../link';
import { MARKERS_LUA } from './markers';
import { ROW_LUA } from './row';

/**
 * A page of a state that BullMQ keeps in a ZSET, by keyset (score, id).
 *
 * KEYS[1] the ZSET
 * ARGV    1 base of the queue · 2 state · 3 'asc' | 'desc' · 4 limit · 5 score and 6 id of the last row seen, '' at the start
 * reply   { more (0|1), id and score of the last, odd (see row.ts), row, row, … }
 *
 * The place after the cursor is its rank where it is still there with that score; else the first rank beyond (score, id),
 * found by halving the ranks that tie on the score (O(log n) each): ties are in byte order, which Lua's own < is not.
 */
export const LIST_ZSET = luaScript(`${ROW_LUA}
local key, base, state, desc = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == 'desc'
local limit, score, last = tonumber(ARGV[4]), ARGV[5], ARGV[6]
local function before(a, b)
  local n = math.min(#a, #b)
  for i = 1, n do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local function ascRankBeyond()
  local here = redis.call('ZSCORE', key, last)
  if here and tonumber(here) == tonumber(score) then
    local rank = redis.call('ZRANK', key, last)
    if desc then return rank end
    return rank + 1
  end
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = low + redis.call('ZCOUNT', key, score, score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local id = redis.call('ZRANGE', key, middle, middle)[1]
    if id and before(id, last) then low = middle + 1 else high = middle end
  end
  return low
end
local total = redis.call('ZCARD', key)
local from
if score == '' then from = 0
elseif desc then from = total - ascRankBeyond()
else from = ascRankBeyond() end
local page = redis.call(desc and 'ZREVRANGE' or 'ZRANGE', key, from, from + limit - 1, 'WITHSCORES')
local out = { (from + limit < total) and 1 or 0, page[#page - 1] or '', page[#page] or '', odd }
for i = 1, #page, 2 do
  local one = rowOf(base, page[i], state, page[i + 1])
  if one then out[#out + 1] = one end
end
return out
`);

/**
 * A page of a state that BullMQ keeps in a LIST, from the tail (next to run) on; \`waiting\` goes on in the \`paused\` list
 * that BullMQ 5 leaves behind. A LIST has no keyset: the cursor is the index from the tail where the next page began, the
 * id that stood there, and the last id shown. When neither is at its place it is looked for near it, towards the tail
 * first (jobs leave there), in a window that costs ≤ 1 ms; else the page starts a window earlier: rows may come
 * twice, none is skipped that jobs leaving in order could hide.
 *
 * KEYS[1] the list · KEYS[2] the list after it, if any
 * ARGV    1 base · 2 state · 3 limit · 4 list (1|2) · 5 index from the tail · 6 id that stood there · 7 last id shown
 * reply   { list, index, id, last (of the next page; list 0 = the end), odd (see row.ts), row, … }
 */
export const LIST_LIST = luaScript(`${ROW_LUA}${MARKERS_LUA}
local base, state, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
local list, index, nextId, lastId = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], ARGV[7]
local WINDOW = 2000
local function find(key)
  if nextId == '' then return index end
  if redis.call('LINDEX', key, -(index + 1)) == nextId then return index end
  local low, high = math.max(0, index - WINDOW), index + 200
  local near = redis.call('LRANGE', key, -(high + 1), -(low + 1))
  local after = false
  for i = #near, 1, -1 do
    local at = low + (#near - i)
    if near[i] == nextId then return at end
    if near[i] == lastId then after = at + 1 end
  end
  if after then return after end
  if index <= 20000 then
    local at = redis.call('LPOS', key, nextId, 'RANK', -1, 'MAXLEN', index + 1)
    if at then return redis.call('LLEN', key) - 1 - at end
    return math.max(0, index - WINDOW)
  end
  return low
end
local rows, last = {}, ''
local at = find(KEYS[list])
while list <= #KEYS do
  local key = KEYS[list]
  local ids, met = redis.call('LRANGE', key, -(at + limit - #rows), -(at + 1)), 0
  for i = #ids, 1, -1 do
    at = at + 1
    if isMarker(ids[i]) then met = met + 1
    else
      local one = rowOf(base, ids[i], state, '')
      if one then
        rows[#rows + 1] = one
        last = ids[i]
      end
    end
  end
  if #rows >= limit then break end
  local isOver = redis.call('LLEN', key) <= at
  if met == 0 and not isOver then break end
  if isOver then list, at = list + 1, 0 end
end
local following = false
while list <= #KEYS and not following do
  following = redis.call('LINDEX', KEYS[list], -(at + 1))
  if following and isMarker(following) then at, following = at + 1, false
  elseif not following then list, at = list + 1, 0 end
end
local out = { following and list or 0, at, following or '', last, odd }
for i = 1, #rows do out[#out + 1] = rows[i] end
return out
`);
