/**
 * `opts.effectRun` of a job, in the text of its options, so that what else they hold stays as it was written. Inside a string of
 * JSON a quote is escaped, so `"effectRun":"` is never met there.
 */
export const EFFECT_RUN_LUA = `
local function withoutField(opts, field)
  local rest, found = string.gsub(opts, ',"' .. field .. '":"[^"\\\\]*"', '', 1)
  if found == 0 then rest = string.gsub(opts, '"' .. field .. '":"[^"\\\\]*",?', '', 1) end
  return rest
end
local function nameRun(key, run)
  local opts = withoutField(redis.call('HGET', key, 'opts') or '{}', 'effectRun')
  local first = string.find(opts, '^%s*{%s*}%s*$') and '' or ','
  redis.call('HSET', key, 'opts', (string.gsub(opts, '{', '{"effectRun":"' .. run .. '"' .. first, 1)))
end
`;
