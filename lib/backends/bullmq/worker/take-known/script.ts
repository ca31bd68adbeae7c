import type { BuiltScript } from '../../redis/scripts/built';

/**
 * BullMQ's `moveToActive`, after a look at what it would take: the delayed jobs that are due, which it moves to where the next one
 * comes from, and the head of `wait`, or of `prioritized`. When one of them is unknown nothing is changed; only the marker, which this
 * worker's wait has eaten, is put back for whoever does know them.
 *
 * KEYS    as `moveToActive` has them: 1 wait · 3 prioritized · 7 delayed · 9 meta · 11 marker
 * ARGV    1 base · 2 now · 3 packed options (the same) · 4… known names
 * reply   that of `moveToActive` | { REFUSED, id, name } | { REFUSED, '', '', why it cannot be told }
 */
export const REFUSED = 'queuedeck:refused';

export const TAKE_KNOWN: BuiltScript = {
  of: 'moveToActive',
  build: (moveToActive) => `
local function bullmqTake()
${moveToActive}
end
local known = {}
for i = 4, #ARGV do known[ARGV[i]] = true end
local unreadable
local function read(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    unreadable = reply.err
    return nil
  end
  return reply
end
local function refuse(id, name)
  local next = read('ZRANGE', KEYS[7], 0, 0, 'WITHSCORES')
  if next and next[2] then redis.pcall('ZADD', KEYS[11], tonumber(next[2]) / 0x1000, '1') end
  if id and read('HEXISTS', KEYS[9], 'paused') == 0 then redis.pcall('ZADD', KEYS[11], 0, '0') end
  return { '${REFUSED}', id or '', name or '', unreadable or '' }
end
local function isKnown(id)
  local size = redis.pcall('HSTRLEN', ARGV[1] .. id, 'name')
  local name = type(size) == 'number' and size <= 65536 and redis.pcall('HGET', ARGV[1] .. id, 'name')
  if type(name) ~= 'string' then name = '' end
  return known[name], name
end
local due = read('ZRANGEBYSCORE', KEYS[7], 0, (ARGV[2] + 1) * 0x1000 - 1, 'LIMIT', 0, 1000) or {}
for _, id in ipairs(due) do
  local ok, name = isKnown(id)
  if not ok then return refuse(id, name) end
end
local next = read('LINDEX', KEYS[1], -1)
if next and string.sub(next, 1, 2) == '0:' then next = read('LINDEX', KEYS[1], -2) end
if not next then next = (read('ZRANGE', KEYS[3], 0, 0) or {})[1] end
if unreadable then return refuse() end
if next then
  local ok, name = isKnown(next)
  if not ok then return refuse(next, name) end
end
return bullmqTake()
`,
};
