import type { LeftOut } from '@/lib/contracts/jobs';
import { describeFault } from '../oddities';

/**
 * Lua shared by all that show a row. `row(base, id, state, score)` returns a flat list in the order of ROW_FIELDS, or false
 * when the job's hash is gone; it raises where the key is no HASH. `rowOf` has the same arguments and never raises: false, and what is odd
 * is put into `odd`. Texts are cut here, so that a 1 MB failure never crosses the wire, and no field is read before its size is known:
 * a HASH that is small as a whole is read at once, of any other each field is weighed. `budget` bounds what one call may copy out of
 * big fields (the copy is what holds the broker: ~1.6 ms a MB).
 *
 * fields read of the job's HASH
 *   name timestamp processedOn finishedOn delay priority pb (worker) atm | attemptsMade (v4) ats (attempts started)
 *   opts (JSON: attempts, delay)  progress (JSON)  failedReason
 * odd { how many in all, id, the server's words, … of the first ten }
 */
export const ROW_LUA = `
local budget = 3145728
local odd = { 0 }
local function utf8cut(s, max)
  if #s <= max then return s end
  local n = max
  while n > 0 do
    local b = string.byte(s, n + 1)
    if b < 128 or b >= 192 then break end
    n = n - 1
  end
  return string.sub(s, 1, n)
end
local function isSmall(key)
  if redis.call('HLEN', key) > 64 then return false end
  local ok, bytes = pcall(redis.call, 'MEMORY', 'USAGE', key, 'SAMPLES', 0)
  return ok and type(bytes) == 'number' and bytes <= 65536
end
local function field(key, name, cut)
  local size = redis.call('HSTRLEN', key, name)
  if size == 0 then return '', 0 end
  budget = budget - size
  if budget < 0 then return false, size end
  return utf8cut(redis.call('HGET', key, name) or '', cut), size
end
local FIELDS = { 'name', 'timestamp', 'processedOn', 'finishedOn', 'delay', 'priority', 'pb', 'atm', 'attemptsMade', 'ats', 'opts',
  'progress', 'failedReason' }
local CUTS = { 4096, 32, 32, 32, 32, 32, 512, 32, 32, 32, 8192, 2052, 4096 }
local function fieldsOf(key)
  if isSmall(key) then return redis.call('HMGET', key, unpack(FIELDS)) end
  local h = {}
  for i, name in ipairs(FIELDS) do
    local text, size = field(key, name, CUTS[i])
    if not text then text = name == 'failedReason' and '(an error text of ' .. size .. ' bytes)' or '' end
    h[i] = size > 0 and text
  end
  return h
end
local function planned(text)
  if #text <= 8192 then
    local ok, opts = pcall(cjson.decode, text)
    if ok and type(opts) == 'table' then
      local attempts, delay = opts['attempts'], opts['delay']
      return type(attempts) == 'number' and string.format('%d', attempts) or '',
        type(delay) == 'number' and string.format('%d', delay) or ''
    end
  end
  return string.match(text, '"attempts":(%d+)') or '', string.match(text, '"delay":(%d+)') or ''
end
local function row(base, id, state, score)
  local key = base .. id
  local h = fieldsOf(key)
  if not h[1] and not h[2] then return false end
  local attempts, planDelay = planned(h[11] or '')
  local reason = state ~= 'completed' and h[13] or ''
  return { id, utf8cut(h[1] or '', 4096), h[2] or '', h[3] or '', h[4] or '', h[5] or '', h[6] or '', utf8cut(h[7] or '', 512),
    h[8] or h[9] or '', h[10] or '', attempts, planDelay, utf8cut(h[12] or '', 2052), utf8cut(reason, 4096), score or '' }
end
local function rowOf(base, id, state, score)
  local ok, one = pcall(row, base, id, state, score)
  if ok then return one end
  odd[1] = odd[1] + 1
  if odd[1] <= 10 then
    odd[#odd + 1] = utf8cut(id, 1024)
    odd[#odd + 1] = type(one) == 'table' and one.err or tostring(one)
  end
  return false
end
`;

export const ROW_FIELDS = [
  'id',
  'name',
  'timestamp',
  'processedOn',
  'finishedOn',
  'delay',
  'priority',
  'worker',
  'attemptsMade',
  'attemptsStarted',
  'attempts',
  'planDelay',
  'progress',
  'failedReason',
  'score',
] as const;

/** `odd` of the script above; null where all could be read. */
export function readLeftOut(reply: unknown): LeftOut | null {
  const [count = 0, ...flat] = reply as [number, ...string[]];
  if (count === 0) return null;
  const some: LeftOut['some'] = [];
  for (let i = 0; i + 1 < flat.length; i += 2)
    some.push({ id: String(flat[i]), why: `Its key ${describeFault(String(flat[i + 1]))}.` });
  return { count, some };
}

export type RawRow = Record<(typeof ROW_FIELDS)[number], string>;

export function toRawRow(reply: unknown): RawRow {
  const values = reply as string[];
  return Object.fromEntries(ROW_FIELDS.map((name, i) => [name, String(values[i] ?? '')])) as RawRow;
}
