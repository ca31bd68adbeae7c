/**
 * BullMQ 3 and 4 wake their workers by an entry of the waiting LIST that is no job: `0:0` while there are prioritized jobs, `0:<ms>` for
 * the next delayed one. It is pushed only while the list is empty; later jobs come before it, `lifo` ones and retries behind it. A worker
 * that dies may leave one in `active`. BullMQ 5 writes none. They are somebody else's: left out here, and left where they are.
 *
 * isMarker(id)             as BullMQ itself tells it
 * markersIn(list, length)  how many there are among the last 64 entries and the first; 1 command, 2 for a long list
 * jobsIn(list)             its length without them; with them where its entries may not be read
 * lastJob(list)            the entry that is taken next and is a job, and the markers met on the way; 1 command, 2 where there are some
 * It raises where the key is no LIST.
 */
export const MARKERS_LUA = `
local function isMarker(id) return string.sub(id, 1, 2) == '0:' end
local function markersIn(list, length)
  local found = 0
  for _, id in ipairs(redis.call('LRANGE', list, -64, -1)) do
    if isMarker(id) then found = found + 1 end
  end
  if length > 64 and isMarker(redis.call('LINDEX', list, 0) or '') then found = found + 1 end
  return found
end
local function jobsIn(list)
  local length = redis.call('LLEN', list)
  if length == 0 then return 0 end
  local ok, found = pcall(markersIn, list, length)
  return ok and length - found or length
end
local function lastJob(list)
  local met = 0
  for _, reach in ipairs({ -2, -64 }) do
    local ids = redis.call('LRANGE', list, reach, -1)
    met = 0
    for n = #ids, 1, -1 do
      if not isMarker(ids[n]) then return ids[n], met end
      met = met + 1
    end
    if #ids < -reach then break end
  end
  return false, met
end
`;
