import { TREE_LIMIT } from '../../tree-refusals';

/** Ways from a job to another that are followed. BullMQ takes flows in which a job hangs on itself, or on many others. */
const WAYS_LIMIT = 20_000;

/**
 * Lua: the jobs that hang on one, each met once.
 *
 * treeOf(root, withChildren) { jobs, entries = of the LISTs in which they are looked for, rest = keys without the root, parents before
 *   their children, locked = key of one that a worker holds, large = there are more than are walked through,
 *   plain = no job is met twice, and all keys are some of jobs: only then may BullMQ's own functions walk it, which know no end }
 */
export const TREE_LUA = `
local function treeOf(root, withChildren)
  local tree = { jobs = 0, entries = 0, rest = {}, plain = true }
  local seen, lengths, ways = {}, {}, 0
  local function walk(key, pending)
    ways = ways + 1
    if tree.large or tree.locked then return end
    local queue = string.match(key, '(.*:)')
    if seen[key] or not queue then tree.plain = false return end
    seen[key] = true
    tree.jobs = tree.jobs + 1
    if tree.jobs > 1 then tree.rest[#tree.rest + 1] = key end
    if pending then
      if redis.call('EXISTS', key .. ':lock') == 1 then tree.locked = key return end
      if not lengths[queue] then lengths[queue] = redis.call('LLEN', queue .. 'wait') end
      tree.entries = tree.entries + lengths[queue]
    end
    if not withChildren then return end
    local children = redis.call('SCARD', key .. ':dependencies') + redis.call('HLEN', key .. ':processed')
      + redis.call('HLEN', key .. ':failed') + redis.call('ZCARD', key .. ':unsuccessful')
    if tree.jobs + children > ${TREE_LIMIT} or ways + children > ${WAYS_LIMIT} then
      tree.jobs = tree.jobs + children
      tree.large = true
      return
    end
    for _, child in ipairs(redis.call('SMEMBERS', key .. ':dependencies')) do walk(child, true) end
    for _, child in ipairs(redis.call('HKEYS', key .. ':processed')) do walk(child, false) end
    for _, child in ipairs(redis.call('HKEYS', key .. ':failed')) do walk(child, false) end
    for _, child in ipairs(redis.call('ZRANGE', key .. ':unsuccessful', 0, -1)) do walk(child, false) end
  end
  walk(root, true)
  return tree
end
local function fitsOneStep(tree) return tree.plain and tree.jobs <= 100 and tree.entries <= 300000 end
`;
