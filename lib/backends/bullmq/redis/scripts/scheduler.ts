/** `ofScheduler(base, id)`: it is the next run of a scheduler, `repeat:<scheduler>:<millis>`. */
export const SCHEDULER_LUA = `
local function ofScheduler(base, id)
  local scheduler, millis = string.match(id, '^repeat:(.+):(%d+)$')
  if not scheduler then return false end
  local nextRun = redis.call('ZSCORE', base .. 'repeat', scheduler)
  return nextRun and tonumber(nextRun) == tonumber(millis)
end
`;
