/**
 * `stateOf(base, id)`: the state of a job, or false when there is none. Never scans the waiting list, which may hold
 * millions: a job whose hash exists and that is in no set and not active is waiting. The active list is searched only for
 * jobs without a lock (their worker stalled), in its first 10,000 entries. A queue's own keys (`meta`, `events`, `wait`)
 * stand where a job of that id would: only a HASH with a timestamp is a job. Where a set cannot be read, a job that has ended says by
 * its own fields how.
 */
export const STATE_LUA = `
local function stateOf(base, id)
  local torn = false
  for _, set in ipairs({ 'completed', 'failed', 'delayed', 'prioritized', 'waiting-children' }) do
    local ok, score = pcall(redis.call, 'ZSCORE', base .. set, id)
    if ok and score then return set, score end
    torn = torn or not ok
  end
  if redis.call('TYPE', base .. id).ok ~= 'hash' or redis.call('HEXISTS', base .. id, 'timestamp') == 0 then return false end
  if redis.call('EXISTS', base .. id .. ':lock') == 1 then return 'active', '' end
  if torn and redis.call('HEXISTS', base .. id, 'finishedOn') == 1 then
    return redis.call('HEXISTS', base .. id, 'failedReason') == 1 and 'failed' or 'completed', ''
  end
  if redis.call('HEXISTS', base .. id, 'processedOn') == 1 then
    local ok, place = pcall(redis.call, 'LPOS', base .. 'active', id, 'MAXLEN', 10000)
    if ok and place then return 'active', '' end
  end
  return 'waiting', ''
end
`;
