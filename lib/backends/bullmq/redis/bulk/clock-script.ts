/**
 * `seconds()`: a clock that goes on while a script runs. Redis 7.2 stops TIME inside a script and 7.4 offers os.clock; between
 * them there is none, and the number of items in a call is the bound. Where TIME is refused each look at the clock counts as 0.05 ms.
 */
export const CLOCK_LUA = `
local clock = rawget(_G, 'os')
local looks = 0
local function seconds()
  if clock then return clock.clock() end
  local told, now = pcall(redis.call, 'TIME')
  looks = looks + 1
  if not told then return looks / 20000 end
  return tonumber(now[1]) % 100000 + tonumber(now[2]) / 1000000
end
`;
