import type { LeftOut } from '@/lib/contracts/jobs';
import { describeFault } from '../oddities';
import { HASH_LUA } from './hash';

/**
 * Lua shared by all that show a row. `row(base, id, state, score)` returns a flat list in the order of ROW_FIELDS, or false
 * when the job's hash is gone; it raises where the key is no HASH. `rowOf` has the same arguments and never raises: false, and what is odd
 * is put into `odd`. Texts are cut here, so that a 1 MB failure never crosses the wire.
 *
 * fields read of the job's HASH
 *   name timestamp processedOn finishedOn delay priority pb (worker) atm | attemptsMade (v4) ats (attempts started)
 *   opts (JSON: attempts, delay)  progress (JSON)  failedReason
 * odd { how many in all, id, the server's words, … of the first ten }
 */
export const ROW_LUA = `${HASH_LUA}
local odd = { 0 }
local FIELDS = { 'name', 'timestamp', 'processedOn', 'finishedOn', 'delay', 'priority', 'pb', 'atm', 'attemptsMade', 'ats', 'opts',
  'progress', 'failedReason' }
local CUTS = { 4096, 32, 32, 32, 32, 32, 512, 32, 32, 32, 8192, 2052, 4096 }
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
local function unread(key)
  local size = redis.call('HSTRLEN', key, 'failedReason')
  return size > 0 and '(an error text of ' .. size .. ' bytes)' or ''
end
local function row(base, id, state, score)
  local key = base .. id
  local h = fieldsOf(key, FIELDS, CUTS)
  if not h[1] and not h[2] and redis.call('HEXISTS', key, 'timestamp') == 0 then return false end
  local attempts, planDelay = planned(h[11] or '')
  local reason = state ~= 'completed' and (h[13] or unread(key)) or ''
  return { id, h[1] or '', h[2] or '', h[3] or '', h[4] or '', h[5] or '', h[6] or '', h[7] or '', h[8] or h[9] or '', h[10] or '',
    attempts, planDelay, h[12] or '', reason, score or '' }
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
