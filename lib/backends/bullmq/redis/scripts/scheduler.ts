/** `ofScheduler(base, id)`: it is the next run of a scheduler, `repeat:<scheduler>:<millis>`; or of an older repeatable, which its job names. */
export const SCHEDULER_LUA = `
local function ofScheduler(base, id)
  local scheduler, millis = string.match(id, '^repeat:(.+):(%d+)$')
  if not scheduler then return false end
  local nextRun = redis.call('ZSCORE', base .. 'repeat', scheduler)
  if not nextRun then
    local told, key = pcall(redis.call, 'HGET', base .. id, 'rjk')
    nextRun = told and key and redis.call('ZSCORE', base .. 'repeat', key)
  end
  return nextRun and tonumber(nextRun) == tonumber(millis)
end
`;
