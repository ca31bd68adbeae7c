import { luaScript } from '../redis/link';
import type { BuiltScript } from '../redis/scripts/built';
import { HASH_LUA } from '../redis/scripts/hash';
import { STATE_LUA } from '../redis/scripts/state';
import { RUNS_SEARCHED } from './shape';

/** A scheduler is a member of the ZSET `repeat` (score = its next run) and the HASH `repeat:<id>`. */

/**
 * Schedulers of several queues by next run, from a place on.
 *
 * KEYS[1..n] the queues' `repeat`
 * ARGV    1 limit · 2 ms of the place ('' = the beginning) · 3.. for each queue: 'from' | 'beyond' | 'after', and the id for 'after'
 * reply   for each queue { id, score, id, score, … }; none where its \`repeat\` cannot be read
 */
export const LIST_SCHEDULERS = luaScript(`
local limit, at = tonumber(ARGV[1]), ARGV[2]
local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local function rankAfter(key, id)
  local here = redis.call('ZSCORE', key, id)
  if here and tonumber(here) == tonumber(at) then return redis.call('ZRANK', key, id) + 1 end
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. at)
  local high = low + redis.call('ZCOUNT', key, at, at)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local one = redis.call('ZRANGE', key, middle, middle)[1]
    if one and before(one, id) then low = middle + 1 else high = middle end
  end
  return low
end
local function page(key, mode, id)
  local from = 0
  if at ~= '' then
    if mode == 'from' then from = redis.call('ZCOUNT', key, '-inf', '(' .. at)
    elseif mode == 'beyond' then from = redis.call('ZCOUNT', key, '-inf', at)
    else from = rankAfter(key, id) end
  end
  return redis.call('ZRANGE', key, from, from + limit - 1, 'WITHSCORES')
end
local out = {}
for i = 1, #KEYS do
  local ok, found = pcall(page, KEYS[i], ARGV[1 + 2 * i], ARGV[2 + 2 * i])
  out[i] = ok and found or {}
end
return out
`);

export const SCHEDULER_FIELDS = [
  'name',
  'ic',
  'limit',
  'startDate',
  'endDate',
  'tz',
  'pattern',
  'every',
  'offset',
] as const;

/** `isRepeatable(key, ic)`: not a scheduler's HASH, which counts its runs or has their data and options. */
const REPEATABLE_LUA = `
local function isRepeatable(key, ic)
  return (not ic or ic == '') and redis.call('HEXISTS', key, 'data') == 0 and redis.call('HEXISTS', key, 'opts') == 0
end
`;

/** KEYS[1..n] schedulers' HASHes of one queue · reply for each its SCHEDULER_FIELDS, cut, and '1' for a repeatable (see repeatables.ts); none where it is no HASH */
export const SCHEDULER_ROWS = luaScript(`${HASH_LUA}${REPEATABLE_LUA}
local names, cuts, out = { ${SCHEDULER_FIELDS.map((name) => `'${name}'`).join(', ')} }, {}, {}
for i = 1, #names do cuts[i] = 4096 end
for i = 1, #KEYS do
  local ok, values = pcall(fieldsOf, KEYS[i], names, cuts)
  out[i] = ok and values or {}
  if ok then out[i][#names + 1] = isRepeatable(KEYS[i], values[2]) and '1' or '' end
end
return out
`);

/**
 * The newest run of each scheduler that is still there: among the jobs that are named, and the newest that run or have ended.
 *
 * KEYS[1] `repeat`
 * ARGV    1 base of the queue · then for each scheduler: the name of its runs (its id, see repeatables.ts), ms of its next run, how many ms
 *         follow, those ms (newest first)
 * reply   for each { job, state, processedOn, finishedOn, failedReason } or {}
 */
export const LAST_RUNS = luaScript(`${STATE_LUA}
local base, at, order, best, nextOf = ARGV[1], 2, {}, {}, {}
while at <= #ARGV do
  local id, next, count = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  order[#order + 1] = id
  nextOf[id] = next
  local ok, began = pcall(redis.call, 'HEXISTS', base .. 'repeat:' .. id .. ':' .. next, 'processedOn')
  if ok and began == 1 then best[id] = next end
  for i = 1, count do
    local ms = ARGV[at + 2 + i]
    if not best[id] and redis.call('EXISTS', base .. 'repeat:' .. id .. ':' .. ms) == 1 then best[id] = ms end
  end
  at = at + 3 + count
end
local function look(jobs)
  for i = 1, #jobs do
    local id, ms = string.match(jobs[i], '^repeat:(.+):(%d+)$')
    if id and nextOf[id] and ms ~= nextOf[id] and (not best[id] or tonumber(ms) > tonumber(best[id])) then best[id] = ms end
  end
end
for _, list in ipairs({ { 'LRANGE', 'active' }, { 'ZREVRANGE', 'completed' }, { 'ZREVRANGE', 'failed' } }) do
  local ok, jobs = pcall(redis.call, list[1], base .. list[2], 0, ${RUNS_SEARCHED - 1})
  if ok then look(jobs) end
end
local out = {}
for i, id in ipairs(order) do
  out[i] = {}
  if best[id] then
    local job = 'repeat:' .. id .. ':' .. best[id]
    local state = stateOf(base, job)
    if state then
      local h = redis.call('HMGET', base .. job, 'processedOn', 'finishedOn')
      for n = 1, 2 do h[n] = string.sub(h[n] or '', 1, 32) end
      local reason = redis.call('HSTRLEN', base .. job, 'failedReason') <= 65536 and redis.call('HGET', base .. job, 'failedReason') or ''
      out[i] = { job, state, h[1] or '', h[2] or '', string.sub(reason or '', 1, 2000) }
    end
  end
end
return out
`);

/** \`printOf(repeat, id)\`: a hash of all that is stored of a scheduler, or false; and its next run, and the HASH. */
const PRINT_LUA = `
local function printOf(repeatKey, id)
  local score = redis.call('ZSCORE', repeatKey, id)
  if not score then return false end
  local key = repeatKey .. ':' .. id
  if redis.call('HLEN', key) > 64 then error('UNREADABLE its template has too many fields', 0) end
  local told, bytes = pcall(redis.call, 'MEMORY', 'USAGE', key, 'SAMPLES', 0)
  if not told then bytes = redis.call('HSTRLEN', key, 'data') + redis.call('HSTRLEN', key, 'opts') end
  if bytes and bytes > 1048576 then error('UNREADABLE its template is over 1 MB', 0) end
  local flat, parts = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do parts[#parts + 1] = flat[i] .. '=' .. #flat[i + 1] .. ':' .. flat[i + 1] end
  table.sort(parts)
  return redis.sha1hex(score .. '|' .. table.concat(parts, '|')), score, flat
end
`;

/**
 * `pendingOf(base, id, millis, from)`: the job of a repeatable's next run, or false. By the names that ARGV has from \`from\` on; else, since
 * its checksum may be another, among the jobs that are due then.
 */
const PENDING_LUA = `
local function isJob(key)
  local ok, has = pcall(redis.call, 'HEXISTS', key, 'timestamp')
  return ok and has == 1
end
local function pendingOf(base, id, millis, from)
  for i = from, #ARGV do
    local run = 'repeat:' .. ARGV[i] .. ':' .. millis
    if isJob(base .. run) then return run end
  end
  local due = tonumber(millis) * 4096
  local ok, runs = pcall(redis.call, 'ZRANGEBYSCORE', base .. 'delayed', string.format('%.0f', due), string.format('%.0f', due + 4095), 'LIMIT', 0, 50)
  for _, run in ipairs(ok and runs or {}) do
    if string.sub(run, 1, 7) == 'repeat:' then
      local told, key = pcall(redis.call, 'HGET', base .. run, 'rjk')
      if told and key == id then return run end
    end
  end
  return false
end
`;

/**
 * KEYS[1] \`repeat\` · ARGV 1 id · 2 base · 3… names of its runs
 * reply {} or { print, next run, { field, value, … }, repeatable ('1'), then of its next job: id, name, data, opts, bytes of both }; texts of
 *       more than 1 MB are not read
 */
export const FIND_SCHEDULER = luaScript(`${PRINT_LUA}${PENDING_LUA}
local print, score, flat = printOf(KEYS[1], ARGV[1])
if not print then return {} end
local out = { print, score, flat, '' }
for i = 1, #flat, 2 do
  if flat[i] == 'data' or flat[i] == 'opts' or (flat[i] == 'ic' and flat[i + 1] ~= '') then return out end
end
out[4] = '1'
local run = pendingOf(ARGV[2], ARGV[1], score, 3)
if not run then return out end
local key = ARGV[2] .. run
local function text(name, most)
  return redis.call('HSTRLEN', key, name) <= most and redis.call('HGET', key, name) or ''
end
local bytes = redis.call('HSTRLEN', key, 'data') + redis.call('HSTRLEN', key, 'opts')
local isRead = bytes <= 1048576
out[5], out[6], out[7], out[8], out[9] = run, text('name', 65536), isRead and text('data', bytes) or '', isRead and text('opts', bytes) or '', bytes
return out
`);

/**
 * BullMQ's \`addJobScheduler\` in one step with what it does not ask.
 *
 * KEYS and ARGV 1–9 as BullMQ has them (1 next run · 3 id)
 * ARGV    10 '1' = only where there is none of this id · 11 the number of the planned run, '' = as BullMQ counts
 * reply   0 when there is one, else BullMQ's
 */
export const PUT_SCHEDULER: BuiltScript = {
  of: 'addJobScheduler',
  build: (bullmq) => `
local function bullmqAdd()
${bullmq}
end
if ARGV[10] == '1' and redis.call('ZSCORE', KEYS[1], ARGV[3]) then return 0 end
local reply = bullmqAdd()
if type(reply) == 'table' and ARGV[11] ~= '' then redis.call('HSET', KEYS[1] .. ':' .. ARGV[3], 'ic', ARGV[11]) end
return reply
`,
};

/**
 * KEYS and ARGV 1–2 as BullMQ's \`removeJobScheduler\` has them (1 id · 2 base) · ARGV 3 print, '' = whatever it is · 4… names of its runs ·
 * reply 'done' | 'gone' | 'changed'. BullMQ's knows no other name than the id: the next job of an older repeatable is removed beside it.
 */
export const REMOVE_SCHEDULER: BuiltScript = {
  of: 'removeJobScheduler',
  build: (bullmq) => `${PRINT_LUA}${PENDING_LUA}
local function bullmqRemove()
${bullmq}
end
local print, score = printOf(KEYS[1], ARGV[1])
if not print then return 'gone' end
if ARGV[3] ~= '' and ARGV[3] ~= print then return 'changed' end
local run = pendingOf(ARGV[2], ARGV[1], score, 4)
bullmqRemove()
if run and redis.call('ZREM', KEYS[2], run) == 1 then
  local key = ARGV[2] .. run
  redis.call('DEL', key, key .. ':logs', key .. ':dependencies', key .. ':processed', key .. ':failed', key .. ':unsuccessful')
  redis.call('XADD', KEYS[3], '*', 'event', 'removed', 'jobId', run, 'prev', 'delayed')
end
return 'done'
`,
};
