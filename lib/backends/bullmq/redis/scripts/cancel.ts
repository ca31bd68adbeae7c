import type { BuiltScript } from './built';
import { ROW_LUA } from './row';
import { STATE_LUA } from './state';

/**
 * Removes a job that has not begun, in one step: our check of its state, then BullMQ's own `removeJob` script, whose text
 * stands inside as a function, so that parents, children, deduplication and events are treated as BullMQ treats them.
 *
 * KEYS[1] the job's HASH · KEYS[2] \`repeat\` (both as \`removeJob\` has them)
 * ARGV    1 id · 2 '1' = with children · 3 base of the queue (the same)
 * reply   { 'gone' } | { state } when it is none that may be removed | { 'locked', state } | { 'scheduler' } | { 'removed', state, row }
 */
export const CANCEL: BuiltScript = {
  of: 'removeJob',
  build: (removeJob) => `${ROW_LUA}${STATE_LUA}
local function bullmqRemove()
${removeJob}
end
local state, score = stateOf(ARGV[3], ARGV[1])
if not state then return { 'gone' } end
if state == 'active' or state == 'completed' or state == 'failed' then return { state } end
local before = row(ARGV[3], ARGV[1], state, score)
local code = bullmqRemove()
if code == -8 then return { 'scheduler' } end
if code ~= 1 then return { 'locked', state } end
return { 'removed', state, before }
`,
};
