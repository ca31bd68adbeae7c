/**
 * `seconds()`: a clock that goes on while a script runs. Redis 7.2 stops TIME inside a script and 7.4 offers os.clock; between
 * them there is none, and the number of items in a call is the bound.
 */
export const CLOCK_LUA = `
local clock = rawget(_G, 'os')
local function seconds()
  if clock then return clock.clock() end
  local now = redis.call('TIME')
  return tonumber(now[1]) % 100000 + tonumber(now[2]) / 1000000
end
`;
