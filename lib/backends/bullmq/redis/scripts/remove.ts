import { TREE_LIMIT } from '../../tree-refusals';
import { CLOCK_LUA } from '../bulk/clock-script';
import { type BuiltScript, functionsOf } from './built';
import { SCHEDULER_LUA } from './scheduler';
import { STATE_LUA } from './state';
import { TREE_LUA } from './tree';

/**
 * A small tree goes in one step with BullMQ's `removeJob`. Of a larger one, and of one that leads back into itself, only the job itself goes, and the keys of the others are told for
 * REMOVE_REST: ~40 µs a job, and ~11 ns for each entry of the LISTs in which they are looked for.
 *
 * KEYS and ARGV as BullMQ's `removeJob` has them: 1 id · 2 '1' = with children · 3 base
 * reply { 'gone' } | { 'scheduler' } | { 'locked', key of what is held } | { 'large', jobs } | { 'done', the state that it was in, keys of the rest … }
 */
export const REMOVE: BuiltScript = {
  of: 'removeJob',
  build: (removeJob) => `${STATE_LUA}${SCHEDULER_LUA}${TREE_LUA}
local function bullmqRemove()
${removeJob}
end
local base, id = ARGV[3], ARGV[1]
local state = stateOf(base, id)
if not state then return { 'gone' } end
if ofScheduler(base, id) then return { 'scheduler' } end
local tree = treeOf(KEYS[1], ARGV[2] == '1')
if tree.locked then return { 'locked', tree.locked } end
if tree.large then return { 'large', tree.jobs } end
local rest = tree.rest
if fitsOneStep(tree) then rest = {} else ARGV[2] = '0' end
local code = bullmqRemove()
if code == -8 then return { 'scheduler' } end
if code ~= 1 then return { 'locked', KEYS[1] } end
return { 'done', state, unpack(rest) }
`,
};

/**
 * What hung on a job that is gone, parents before their children, so that none of them is let go meanwhile. What a worker has taken since
 * stays and runs to its end.
 *
 * KEYS[1] any key of the queue · ARGV 1 ms that it may take · 2… keys of jobs · reply how many of them were looked at
 */
export const REMOVE_REST: BuiltScript = {
  of: 'removeJob',
  build: (removeJob) => `${CLOCK_LUA}
${functionsOf(removeJob, 'local jobId = ARGV[1]')}
local began = seconds()
local options = { removeChildren = false, ignoreProcessed = false, ignoreLocked = true }
for i = 2, #ARGV do
  local id = getJobIdFromKey(ARGV[i])
  removeJobWithChildren(getJobKeyPrefix(ARGV[i], id), id, nil, options)
  if seconds() - began > tonumber(ARGV[1]) / 1000 then return i - 1 end
end
return #ARGV - 1
`,
};

/**
 * One step through a job's unprocessed children; what a worker holds stays. A job that is a descendant of its own would go with them:
 * nothing is done.
 *
 * KEYS[1] the job · ARGV 1 base · 2 id · 3 SSCAN cursor · 4 ms that it may take
 * reply   { 'gone' } | { 'ring' } | { 'step', removed, cursor, children left, '1' when the end was reached }; when time ran out, the same cursor
 */
export const REMOVE_CHILDREN: BuiltScript = {
  of: 'removeUnprocessedChildren',
  build: (removeChildren) => `${CLOCK_LUA}
${functionsOf(removeChildren, 'local prefix = ARGV[1]')}
local key, began = KEYS[1], seconds()
if redis.call('EXISTS', key) == 0 then return { 'gone' } end
local above, met = key, {}
for _ = 1, ${TREE_LIMIT} do
  above = redis.call('TYPE', above).ok == 'hash' and redis.call('HGET', above, 'parentKey')
  if not above or met[above] then break end
  if above == key then return { 'ring' } end
  met[above] = true
end
local options = { removeChildren = "1", ignoreProcessed = true, ignoreLocked = true }
local pending = key .. ':dependencies'
local before = redis.call('SCARD', pending)
local step = redis.call('SSCAN', pending, ARGV[3], 'COUNT', 100)
local cursor, ended = step[1], step[1] == '0' and '1' or '0'
for _, child in ipairs(step[2]) do
  local id = getJobIdFromKey(child)
  if id then removeJobWithChildren(getJobKeyPrefix(child, id), id, key, options) end
  if seconds() - began > tonumber(ARGV[4]) / 1000 then
    cursor, ended = ARGV[3], '0'
    break
  end
end
local left = redis.call('SCARD', pending)
if left == 0 then ended = '1' end
return { 'step', before - left, cursor, left, ended }
`,
};
