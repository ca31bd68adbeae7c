/**
 * Lua shared by all that show a row. `row(base, id, state, score)` returns a flat list in the order of ROW_FIELDS, or false
 * when the job's hash is gone. Texts are cut here, so that a 1 MB failure never crosses the wire; `budget` bounds what one
 * call may copy out of big fields (the copy is what holds the broker: ~1.6 ms a MB).
 *
 * fields read of the job's HASH
 *   name timestamp processedOn finishedOn delay priority pb (worker) atm | attemptsMade (v4) ats (attempts started)
 *   opts (JSON: attempts, delay)  progress (JSON)  failedReason
 */
export const ROW_LUA = `
local budget = 3145728
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
local function field(key, name, cut)
  local size = redis.call('HSTRLEN', key, name)
  if size == 0 then return '', 0 end
  budget = budget - size
  if budget < 0 then return false, size end
  return utf8cut(redis.call('HGET', key, name) or '', cut), size
end
local function planned(key)
  local text, size = field(key, 'opts', 8192)
  if not text or size == 0 then return '', '' end
  if size <= 8192 then
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
  local h = redis.call('HMGET', key, 'name', 'timestamp', 'processedOn', 'finishedOn', 'delay', 'priority', 'pb', 'atm', 'attemptsMade', 'ats')
  if not h[1] and not h[2] then return false end
  local attempts, planDelay = planned(key)
  local progress, progressSize = field(key, 'progress', 2052)
  local reason, reasonSize = '', 0
  if state ~= 'completed' then
    reason, reasonSize = field(key, 'failedReason', 4096)
    if not reason then reason = '(an error text of ' .. reasonSize .. ' bytes)' end
  end
  return { id, utf8cut(h[1] or '', 4096), h[2] or '', h[3] or '', h[4] or '', h[5] or '', h[6] or '', h[7] or '', h[8] or h[9] or '',
    h[10] or '', attempts, planDelay, progress or '', reason, score or '' }
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

export type RawRow = Record<(typeof ROW_FIELDS)[number], string>;

export function toRawRow(reply: unknown): RawRow {
  const values = reply as string[];
  return Object.fromEntries(ROW_FIELDS.map((name, i) => [name, String(values[i] ?? '')])) as RawRow;
}
