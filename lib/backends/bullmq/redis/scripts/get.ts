import { luaScript } from '../link';
import { ROW_LUA } from './row';
import { STATE_LUA } from './state';

/**
 * All of one job in one round trip, payloads cut.
 *
 * KEYS[1] the job's HASH
 * ARGV    1 base of the queue · 2 id · 3 payload cap in bytes
 * reply   nil, or { state, row, data, its size, returnvalue, its size (0 = none), opts, its size, stacktraces (see below),
 *           stalled count, parentKey, parent (JSON), repeat job key, deduplication id, logs, flow }
 *         stacktraces = { 0, cut JSON text } | { 1, trace, … } oldest first, 64 KB in all, the newest kept
 *         flow = { unprocessed, processed, ignored, failed, key, kind, … } with at most 20 children, kinds p(ending) d(one) f(ailed)
 *
 * Payloads over 2 MB are left out: a script holds the broker 3 ms for each MB, a plain HGET 0.5 ms.
 * The job's SETs and HASHes of children (\`:dependencies\`, \`:processed\`, \`:failed\`, \`:unsuccessful\`) are sampled by one
 * SCAN step each, never read whole.
 */
export const GET_JOB = luaScript(`${ROW_LUA}${STATE_LUA}
local key, base, id, cap = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local state, score = stateOf(base, id)
if not state then return false end
local one = row(base, id, state, score)
if not one then return false end
local function payload(name)
  local size = redis.call('HSTRLEN', key, name)
  if size == 0 or size > 2097152 then return '', size end
  return utf8cut(redis.call('HGET', key, name), cap), size
end
local data, dataSize = payload('data')
local result, resultSize = payload('returnvalue')
local opts, optsSize = payload('opts')
local function traces()
  local size = redis.call('HSTRLEN', key, 'stacktrace')
  if size == 0 then return { 1 } end
  local text = redis.call('HGET', key, 'stacktrace')
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
local function flow()
  local counts = { redis.call('SCARD', key .. ':dependencies'), redis.call('HLEN', key .. ':processed'),
    redis.call('HLEN', key .. ':failed'), redis.call('ZCARD', key .. ':unsuccessful') }
  local out, left = { counts[1], counts[2], counts[3], counts[4] }, 20
  local function take(list, step, kind)
    for i = 1, #list, step do
      if left == 0 then return end
      left = left - 1
      out[#out + 1] = list[i]
      out[#out + 1] = kind
    end
  end
  if counts[4] > 0 then take(redis.call('ZRANGE', key .. ':unsuccessful', 0, 19), 1, 'f') end
  if counts[3] > 0 then take(redis.call('HSCAN', key .. ':failed', 0, 'COUNT', 20)[2], 2, 'f') end
  if counts[1] > 0 then take(redis.call('SSCAN', key .. ':dependencies', 0, 'COUNT', 20)[2], 1, 'p') end
  if counts[2] > 0 then take(redis.call('HSCAN', key .. ':processed', 0, 'COUNT', 20)[2], 2, 'd') end
  return out
end
local h = redis.call('HMGET', key, 'stc', 'parentKey', 'parent', 'rjk', 'deid')
return { state, one, data, dataSize, result, resultSize, opts, optsSize, traces(), h[1] or '0', h[2] or '', h[3] or '',
  h[4] or '', h[5] or '', redis.call('LLEN', key .. ':logs'), flow() }
`);

/** KEYS[1..n] jobs' hashes of one queue · ARGV 1 base, 2.. their ids · reply { name, state, … }, '' = not known. */
export const DESCRIBE_JOBS = luaScript(`${STATE_LUA}
local out = {}
for i = 2, #ARGV do
  out[#out + 1] = string.sub(redis.call('HGET', ARGV[1] .. ARGV[i], 'name') or '', 1, 512)
  out[#out + 1] = stateOf(ARGV[1], ARGV[i]) or ''
end
return out
`);

/** KEYS[1] the job's hash · ARGV 1 base, 2 id · reply { state ('' = gone), lifo ('1' | '0'), priority, name } */
export const JOB_STATE = luaScript(`${STATE_LUA}
local state = stateOf(ARGV[1], ARGV[2])
if not state then return { '', '0', '0', '' } end
local opts = redis.call('HSTRLEN', KEYS[1], 'opts') <= 65536 and redis.call('HGET', KEYS[1], 'opts') or ''
return { state, string.find(opts, '"lifo":true', 1, true) and '1' or '0', redis.call('HGET', KEYS[1], 'priority') or '0',
  string.sub(redis.call('HGET', KEYS[1], 'name') or '', 1, 4096) }
`);
