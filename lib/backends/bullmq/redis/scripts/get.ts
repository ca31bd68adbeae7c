import { luaScript } from '../link';
import { ROW_LUA } from './row';
import { STATE_LUA } from './state';

/**
 * All of one job in one round trip, payloads cut.
 *
 * KEYS[1] the job's HASH
 * ARGV    1 base of the queue · 2 id · 3 cap of data and result in bytes
 * reply   nil, or the server's words where the job's key is none of a job, or { state, row, data, its size, returnvalue, its size (0 = none), opts, its size, stacktraces (see below),
 *           stalled count, parentKey, parent (JSON), repeat job key, deduplication id, logs, flow, faults }
 *         stacktraces = { 0, cut JSON text } | { 1, trace, … } oldest first, 64 KB in all, the newest kept
 *         faults = { what, the server's words, … } of what beside the HASH cannot be read
 *         flow = { unprocessed, processed, ignored, failed, key, kind, … } with at most 20 children, kinds p(ending) d(one) f(ailed)
 *
 * Payloads over 2 MB are left out, and of all fields together 3 MB are read: a script holds the broker up to 3 ms for each MB, a plain HGET
 * 0.5 ms. What has no room comes as '' with its size.
 * The job's SETs and HASHes of children (\`:dependencies\`, \`:processed\`, \`:failed\`, \`:unsuccessful\`) are sampled, by their names
 * alone: a HASH holds whole results beside them.
 */
export const GET_JOB = luaScript(`${ROW_LUA}${STATE_LUA}
local key, base, id, cap = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local faults = {}
local function ask(what, ...)
  local ok, reply = pcall(redis.call, ...)
  if ok then return reply end
  faults[#faults + 1] = what
  faults[#faults + 1] = type(reply) == 'table' and reply.err or tostring(reply)
end
local state, score = stateOf(base, id)
if not state then return false end
local whole, one = pcall(row, base, id, state, score)
if not whole then return type(one) == 'table' and one.err or tostring(one) end
if not one then return false end
local function payload(name, most)
  local size = redis.call('HSTRLEN', key, name)
  if size == 0 or size > 2097152 then return '', size end
  return field(key, name, most) or '', size
end
local opts, optsSize = payload('opts', 262144)
local function traces()
  local text, size = payload('stacktrace', 2097152)
  if text == '' then return { 1 } end
  if size > 524288 then return { 0, utf8cut(text, 65536) } end
  local ok, all = pcall(cjson.decode, text)
  if not ok or type(all) ~= 'table' then return { 1 } end
  local left, kept = 65536, {}
  for i = #all, 1, -1 do
    if type(all[i]) == 'string' and left > 0 then
      local trace = utf8cut(all[i], math.min(left, 16384))
      left = left - #trace
      table.insert(kept, 1, trace)
    end
  end
  return { 1, unpack(kept) }
end
local stacks = traces()
local data, dataSize = payload('data', cap)
local result, resultSize = payload('returnvalue', cap)
local function namesOf(children, count)
  if count <= 1000 then return ask('children', 'HKEYS', children) or {} end
  return ask('children', 'HRANDFIELD', children, 20) or {}
end
local function flow()
  local counts = { ask('dependencies', 'SCARD', key .. ':dependencies') or 0, ask('processed', 'HLEN', key .. ':processed') or 0,
    ask('failed children', 'HLEN', key .. ':failed') or 0, ask('unsuccessful', 'ZCARD', key .. ':unsuccessful') or 0 }
  local out, left = { counts[1], counts[2], counts[3], counts[4] }, 20
  local function take(list, kind)
    for _, child in ipairs(list) do
      if left == 0 then return end
      left = left - 1
      out[#out + 1] = child
      out[#out + 1] = kind
    end
  end
  if counts[4] > 0 then take(redis.call('ZRANGE', key .. ':unsuccessful', 0, 19), 'f') end
  if counts[3] > 0 then take(namesOf(key .. ':failed', counts[3]), 'f') end
  if counts[1] > 0 then take(redis.call('SSCAN', key .. ':dependencies', 0, 'COUNT', 20)[2], 'p') end
  if counts[2] > 0 then take(namesOf(key .. ':processed', counts[2]), 'd') end
  return out
end
local function short(name)
  return redis.call('HSTRLEN', key, name) <= 65536 and redis.call('HGET', key, name) or ''
end
return { state, one, data, dataSize, result, resultSize, opts, optsSize, stacks, string.sub(short('stc'), 1, 32), short('parentKey'),
  short('parent'), short('rjk'), short('deid'), ask('logs', 'LLEN', key .. ':logs') or 0, flow(), faults }
`);

/** KEYS[1..n] jobs' hashes of one queue · ARGV 1 base, 2.. their ids · reply { name, state, … }, '' = not known. */
export const DESCRIBE_JOBS = luaScript(`${STATE_LUA}
local out = {}
local function nameOf(key)
  return redis.call('HSTRLEN', key, 'name') <= 65536 and string.sub(redis.call('HGET', key, 'name') or '', 1, 512) or ''
end
for i = 2, #ARGV do
  local ok, name = pcall(nameOf, ARGV[1] .. ARGV[i])
  out[#out + 1] = ok and name or ''
  out[#out + 1] = stateOf(ARGV[1], ARGV[i]) or ''
end
return out
`);

/** KEYS[1] the job's hash · ARGV 1 base, 2 id · reply { state ('' = gone), lifo ('1' | '0'), priority, name } */
export const JOB_STATE = luaScript(`${STATE_LUA}
local state = stateOf(ARGV[1], ARGV[2])
if not state then return { '', '0', '0', '' } end
local function short(name) return redis.call('HSTRLEN', KEYS[1], name) <= 65536 and redis.call('HGET', KEYS[1], name) or '' end
return { state, string.find(short('opts'), '"lifo":true', 1, true) and '1' or '0', string.sub(short('priority'), 1, 32),
  string.sub(short('name'), 1, 4096) }
`);

/**
 * A page of a job's log, no more than ARGV 4 bytes of it: then it ends early. Of a list whose lines are huge on the whole none is read,
 * since a line's size is known only by reading it.
 *
 * KEYS[1] the job's HASH · KEYS[2] \`:logs\` LIST
 * ARGV    1 from · 2 limit · 3 bytes of a line · 4 bytes of all
 * reply   nil where there is no such job, or { how many there are, line, … }
 */
export const READ_LOGS = luaScript(`
local from, limit, most, left = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' or redis.call('HEXISTS', KEYS[1], 'timestamp') == 0 then return false end
local total = redis.call('LLEN', KEYS[2])
local out = { total }
if from >= total then return out end
local told, bytes = pcall(redis.call, 'MEMORY', 'USAGE', KEYS[2], 'SAMPLES', 0)
local mean = told and type(bytes) == 'number' and bytes / total or 1024
if mean > 262144 and mean * total > 16777216 then
  for i = from, math.min(from + limit, total) - 1 do out[#out + 1] = string.format('(a line of about %.1f MB, which is not read)', mean / 1048576) end
  return out
end
local step = math.max(1, math.min(limit, math.floor(262144 / mean)))
while from < total and limit > 0 and left > 0 do
  local lines = redis.call('LRANGE', KEYS[2], from, from + math.min(step, limit) - 1)
  for _, line in ipairs(lines) do
    if left <= 0 then break end
    left = left - #line
    if #line > most then line = string.sub(line, 1, most) .. string.format('… (%.1f MB)', #line / 1048576) end
    out[#out + 1] = line
    from = from + 1
    limit = limit - 1
  end
  if #lines == 0 then break end
end
return out
`);
