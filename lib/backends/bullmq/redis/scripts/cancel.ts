import type { BuiltScript } from './built';
import { ROW_LUA } from './row';
import { STATE_LUA } from './state';
import { TREE_LUA } from './tree';

/**
 * Removes a job that has not begun, in one step: our check of its state, then BullMQ's own `removeJob` script, whose text
 * stands inside as a function, so that parents, children, deduplication and events are treated as BullMQ treats them. Of a tree that is
 * large, or leads back into itself, only the job itself goes, and the keys of the others are told for REMOVE_REST.
 *
 * KEYS[1] the job's HASH · KEYS[2] \`repeat\` (both as \`removeJob\` has them)
 * ARGV    1 id · 2 '1' = with children · 3 base of the queue (the same)
 * reply   { 'gone' } | { state } when it is none that may be removed | { 'locked', state } | { 'large', jobs } | { 'scheduler' }
 *         | { 'removed', state, row, keys of the rest … }
 */
export const CANCEL: BuiltScript = {
  of: 'removeJob',
  build: (removeJob) => `${ROW_LUA}${STATE_LUA}${TREE_LUA}
local function bullmqRemove()
${removeJob}
end
local state, score = stateOf(ARGV[3], ARGV[1])
if not state then return { 'gone' } end
if state == 'active' or state == 'completed' or state == 'failed' then return { state } end
local tree = treeOf(KEYS[1], ARGV[2] == '1')
if tree.locked then return { 'locked', state } end
if tree.large then return { 'large', tree.jobs } end
local rest = tree.rest
if fitsOneStep(tree) then rest = {} else ARGV[2] = '0' end
local before = row(ARGV[3], ARGV[1], state, score)
local code = bullmqRemove()
if code == -8 then return { 'scheduler' } end
if code ~= 1 then return { 'locked', state } end
return { 'removed', state, before, unpack(rest) }
`,
};
