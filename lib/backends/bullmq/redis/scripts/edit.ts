import { luaScript } from '../link';
import type { BuiltScript } from './built';
import { EFFECT_RUN_LUA } from './effect-run';
import { SCHEDULER_LUA } from './scheduler';
import { STATE_LUA } from './state';

/**
 * Back to waiting from failed or completed, with new data where given.
 *
 * KEYS  as BullMQ's `reprocessJob` has them; the third, the set that it is in, is filled in here
 * ARGV  1 id · 2 3 4 filled in here · 5 reset attempts made · 6 reset attempts started · 7 base · 8 data, '' = as it is
 *       · 9 name of the next run of a completed one, '' = none
 * reply { 'gone' } | { 'state', its state } | { 'done', 'waiting' or 'prioritized' }
 */
export const RETRY: BuiltScript = {
  of: 'reprocessJob',
  build: (reprocessJob) => `${STATE_LUA}${EFFECT_RUN_LUA}
local function bullmqRetry()
${reprocessJob}
end
local base, id = ARGV[7], ARGV[1]
local state = stateOf(base, id)
if not state then return { 'gone' } end
if state ~= 'failed' and state ~= 'completed' then return { 'state', state } end
local opts = redis.call('HSTRLEN', KEYS[1], 'opts') <= 65536 and redis.call('HGET', KEYS[1], 'opts') or ''
KEYS[3] = base .. state
ARGV[2] = string.find(opts, '"lifo":true', 1, true) and 'RPUSH' or 'LPUSH'
ARGV[3] = state == 'failed' and 'failedReason' or 'returnvalue'
ARGV[4] = state
if ARGV[8] ~= '' then redis.call('HSET', KEYS[1], 'data', ARGV[8]) end
if bullmqRetry() ~= 1 then return { 'gone' } end
if state == 'completed' and ARGV[9] ~= '' then nameRun(KEYS[1], ARGV[9]) end
return { 'done', (tonumber(redis.call('HGET', KEYS[1], 'priority') or 0) or 0) > 0 and 'prioritized' or 'waiting' }
`,
};

/** KEYS[1] the job · ARGV 1 base, 2 id, 3 data · reply as RETRY's. What runs has read its data already. */
export const EDIT_DATA = luaScript(`${STATE_LUA}
local state = stateOf(ARGV[1], ARGV[2])
if not state then return { 'gone' } end
if state == 'active' then return { 'state', state } end
redis.call('HSET', KEYS[1], 'data', ARGV[3])
return { 'done', state }
`);

/** KEYS and ARGV 1–4 as BullMQ's `changePriority` has them (priority, base, id, lifo) · reply as RETRY's. */
export const PRIORITIZE: BuiltScript = {
  of: 'changePriority',
  build: (changePriority) => `${STATE_LUA}
local function bullmqPrioritize()
${changePriority}
end
local state = stateOf(ARGV[2], ARGV[3])
if not state then return { 'gone' } end
if state ~= 'waiting' and state ~= 'prioritized' and state ~= 'delayed' then return { 'state', state } end
bullmqPrioritize()
if state == 'delayed' then return { 'done', state } end
return { 'done', tonumber(ARGV[1]) > 0 and 'prioritized' or 'waiting' }
`,
};

/** KEYS and ARGV 1–4 as BullMQ's `changeDelay` has them (delay, now, id, job key), 5 base · reply as RETRY's, or { 'scheduler' }. */
export const RESCHEDULE: BuiltScript = {
  of: 'changeDelay',
  build: (changeDelay) => `${STATE_LUA}${SCHEDULER_LUA}
local function bullmqDelay()
${changeDelay}
end
local state = stateOf(ARGV[5], ARGV[3])
if not state then return { 'gone' } end
if state ~= 'delayed' then return { 'state', state } end
if ofScheduler(ARGV[5], ARGV[3]) then return { 'scheduler' } end
bullmqDelay()
return { 'done', state }
`,
};

/** KEYS 1 job, 2 its logs · ARGV 1 base, 2 id, 3.. lines · reply as RETRY's. Keeps as many lines as the job's own \`keepLogs\`. */
export const ADD_LOGS = luaScript(`${STATE_LUA}
local state = stateOf(ARGV[1], ARGV[2])
if not state then return { 'gone' } end
redis.call('RPUSH', KEYS[2], unpack(ARGV, 3))
local opts = redis.call('HSTRLEN', KEYS[1], 'opts') <= 65536 and redis.call('HGET', KEYS[1], 'opts') or ''
local keep = string.match(opts, '"kl":(%d+)')
if keep and tonumber(keep) > 0 then redis.call('LTRIM', KEYS[2], -tonumber(keep), -1) end
return { 'done', state }
`);

/** KEYS 1 job, 2 its logs · ARGV 1 base, 2 id, 3 how many of the newest stay · reply as RETRY's. */
export const CLEAR_LOGS = luaScript(`${STATE_LUA}
local state = stateOf(ARGV[1], ARGV[2])
if not state then return { 'gone' } end
if ARGV[3] == '0' then redis.call('UNLINK', KEYS[2]) else redis.call('LTRIM', KEYS[2], -tonumber(ARGV[3]), -1) end
return { 'done', state }
`);

/** KEYS[1] the job · ARGV 1 base, 2 id · reply as RETRY's, or { 'none' } when it holds no key. */
export const UNDEDUPLICATE = luaScript(`${STATE_LUA}
local state = stateOf(ARGV[1], ARGV[2])
if not state then return { 'gone' } end
local id = redis.call('HGET', KEYS[1], 'deid')
if not id or redis.call('GET', ARGV[1] .. 'de:' .. id) ~= ARGV[2] then return { 'none' } end
redis.call('DEL', ARGV[1] .. 'de:' .. id)
return { 'done', state }
`);
