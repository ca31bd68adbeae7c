import { luaScript } from '../link';

/**
 * The next events of many streams, cut: \`completed\` carries a whole return value, which stays in the broker.
 *
 * KEYS    the \`:events\` STREAM of each queue
 * ARGV[1] at most so many events of each stream
 * ARGV    then 3 for each queue: base · cursor · flags: g (its beginning may have been trimmed: look) r (so it may, when
 *         the count is met) p (it has prioritized jobs)
 * reply   bytes that the events have, then for each stream with events: { index, 1 = the count was met, 1 = events were trimmed unread, last id ('' = it cannot be read),
 *           then 4 for each event that says something: ms, event, job id, text (name | first of the failure | progress | 'prioritized') }
 */
export const READ_EVENTS = luaScript(`
local count, streams = tonumber(ARGV[1]), #KEYS
local read, byKey = { 'COUNT', count, 'STREAMS' }, {}
for i = 1, streams do
  read[3 + i] = KEYS[i]
  read[3 + streams + i] = ARGV[i * 3]
  byKey[KEYS[i]] = i
end
local function after(a, b)
  local am, as = string.match(a, '^(%d+)-(%d+)$')
  local bm, bs = string.match(b, '^(%d+)-(%d+)$')
  if am ~= bm then return tonumber(am) > tonumber(bm) end
  return tonumber(as) > tonumber(bs)
end
local TEXT = { added = 'name', failed = 'failedReason', progress = 'data' }
local SAID = { added = 1, waiting = 1, active = 1, delayed = 1, ['waiting-children'] = 1, completed = 1, failed = 1, removed = 1,
  progress = 1, paused = 1, resumed = 1, drained = 1, cleaned = 1 }
local out, priorities = { 0 }, 50
local all, news = pcall(redis.call, 'XREAD', unpack(read))
if not all then
  local rest = {}
  for i = 1, streams do
    local ok, one = pcall(redis.call, 'XREAD', 'COUNT', count, 'STREAMS', KEYS[i], ARGV[i * 3])
    if not ok then out[#out + 1] = { i, 0, 0, '' }
    elseif one then rest[#rest + 1] = one[1] end
  end
  local words = type(news) == 'table' and news.err or tostring(news)
  if #out == streams + 1 and not string.find(words, 'WRONGTYPE', 1, true) then return redis.error_reply(words) end
  news = rest
end
if not news then return out end
for _, stream in ipairs(news) do
  local i, events = byKey[stream[1]], stream[2]
  local base, cursor, flags = ARGV[i * 3 - 1], ARGV[i * 3], ARGV[i * 3 + 1]
  local trimmed = 0
  if string.find(flags, 'g', 1, true) or (#events >= count and string.find(flags, 'r', 1, true)) then
    local ok, head = pcall(redis.call, 'XRANGE', stream[1], '-', '+', 'COUNT', 1)
    if ok and head[1] and after(head[1][1], cursor) then trimmed = 1 end
  end
  local one = { i, #events >= count and 1 or 0, trimmed, events[#events][1] }
  for _, event in ipairs(events) do
    local f = {}
    for n = 1, #event[2], 2 do
      f[event[2][n]] = event[2][n + 1]
      out[1] = out[1] + #event[2][n + 1]
    end
    local kind = f['event']
    if SAID[kind] then
      local text = TEXT[kind] and string.sub(f[TEXT[kind]] or '', 1, 2052) or ''
      if kind == 'waiting' and priorities > 0 and string.find(flags, 'p', 1, true) then
        priorities = priorities - 1
        local ok, score = pcall(redis.call, 'ZSCORE', base .. 'prioritized', f['jobId'] or '')
        if ok and score then text = 'prioritized' end
      end
      one[#one + 1] = string.match(event[1], '^%d+')
      one[#one + 1] = kind
      one[#one + 1] = f['jobId'] or ''
      one[#one + 1] = text
    end
  end
  out[#out + 1] = one
end
return out
`);
