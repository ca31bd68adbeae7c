import * as z from 'zod';
import type { CleanOrder, CleanState, Sweep, SweepBounds } from '@/lib/backends/changes';
import { At, readPosition } from '@/lib/cursor';
import type { RedisChanges } from '../change-jobs';
import { luaScript } from '../link';
import { SWEEP } from '../scripts/sweep';

/** Entries one step looks at, and the broker's time that it may take (PING waits no longer than about twice that). */
const STEP_ENTRIES = 200;
const STEP_MS = 2;

interface Part {
  name: string;
  kind: 'list' | 'zset' | 'finished';
  /** Fields that tell the age, the first known one counts (as in BullMQ's clean). */
  age: string;
}

const list = (name: string): Part => ({ name, kind: 'list', age: 'finishedOn processedOn timestamp' });
const zset = (name: string, age = 'timestamp'): Part => ({ name, kind: 'zset', age });
const finished = (name: string): Part => ({ name, kind: 'finished', age: 'finishedOn' });

/** `paused` is where BullMQ 5 kept the waiting jobs of a paused queue. */
const WAITING = [list('wait'), list('paused')];
const PARTS: Record<CleanState, Part[]> = {
  waiting: WAITING,
  active: [list('active')],
  delayed: [zset('delayed', 'processedOn timestamp')],
  prioritized: [zset('prioritized')],
  completed: [finished('completed')],
  failed: [finished('failed')],
};

/** Of the state's structures one, and how many of its entries stay. */
const Place = z.strictObject({ part: At.count, offset: At.count });

interface Rules {
  before: number | null;
  keepScheduled: boolean;
  announce: boolean;
  /** Only while the queue is paused and nothing runs. */
  guarded: boolean;
}

type Walked = { kind: 'walked'; removed: number; ended: boolean; offset: number } | { kind: 'refused'; reason: string };

/** Empties a queue in steps that hold the broker a few ms each. Scheduler-owned runs are kept as BullMQ keeps them. */
export class RedisSweeps {
  constructor(private readonly changes: RedisChanges) {}

  drain(queue: string, delayed: boolean, bounds: SweepBounds): Promise<Sweep> {
    const parts = [...WAITING, ...PARTS.prioritized, ...(delayed ? PARTS.delayed : [])];
    const rules = { before: null, keepScheduled: true, announce: true, guarded: false };
    return this.#sweep(queue, parts, rules, bounds);
  }

  clean(queue: string, { state, before, from }: CleanOrder, bounds: SweepBounds): Promise<Sweep> {
    const keepScheduled = state !== 'completed' && state !== 'failed';
    const rules = { before, keepScheduled, announce: true, guarded: false };
    const place = from ? readPosition(from, Place) : { part: 0, offset: 0 };
    return this.#sweep(queue, PARTS[state], rules, bounds, place);
  }

  async obliterate(queue: string, bounds: SweepBounds): Promise<Sweep> {
    const parts = [...PARTS.delayed, ...PARTS.completed, ...WAITING, ...PARTS.prioritized, ...PARTS.failed];
    const rules = { before: null, keepScheduled: false, announce: false, guarded: true };
    const swept = await this.#sweep(queue, [...parts, zset('waiting-children')], rules, bounds);
    if (swept.kind === 'refused' || !swept.done) return swept;
    const base = this.changes.link.base(queue);
    for (;;) {
      const keys = [`${base}meta`, `${base}active`, `${base}repeat`];
      const [word, jobs] = (await this.changes.run(FORGET_QUEUE, keys, [base])) as [string, number | undefined];
      if (word === 'gone') return swept;
      if (word === 'again') return { ...swept, done: false };
      if (word !== 'more') return refusal(word, jobs ?? 0);
    }
  }

  async #sweep(
    queue: string,
    parts: Part[],
    rules: Rules,
    bounds: SweepBounds,
    from = { part: 0, offset: 0 },
  ): Promise<Sweep> {
    const until = Date.now() + bounds.maxMs;
    let removed = 0;
    let offset = from.offset;
    for (let i = from.part; i < parts.length; i++) {
      const walked = await this.#walk(queue, parts[i] as Part, rules, offset, {
        left: bounds.maxRemoved - removed,
        until,
        ...(bounds.signal ? { signal: bounds.signal } : {}),
      });
      if (walked.kind === 'refused') return walked;
      removed += walked.removed;
      if (!walked.ended) return { kind: 'swept', removed, done: false, next: { part: i, offset: walked.offset } };
      offset = 0;
    }
    return { kind: 'swept', removed, done: true, next: null };
  }

  /**
   * To the end of one structure. Workers take jobs meanwhile, which moves what stays before the offset: where all was to go, it is walked
   * again until a walk finds nothing to remove.
   */
  async #walk(
    queue: string,
    part: Part,
    rules: Rules,
    from: number,
    bounds: { left: number; until: number; signal?: AbortSignal },
  ): Promise<Walked> {
    const base = this.changes.link.base(queue);
    const keys = [base + part.name, `${base}meta`, `${base}events`, `${base}active`];
    const flags = [rules.keepScheduled, rules.announce, rules.guarded].map((flag) => (flag ? '1' : '0'));
    let [removed, offset, removedInWalk] = [0, from, 0];
    while (removed < bounds.left && Date.now() < bounds.until && !bounds.signal?.aborted) {
      const count = Math.min(STEP_ENTRIES, bounds.left - removed);
      const args = [
        base,
        part.kind,
        offset,
        count,
        STEP_MS,
        rules.before ?? '',
        flags[0],
        part.age,
        flags[1],
        flags[2],
      ];
      const reply = await this.changes.run(SWEEP, keys, args as (string | number)[]);
      const [word, looked, gone, ended, markers] = reply as [string, number, number, string, number];
      if (word !== 'step') return refusal(word, looked);
      removed += gone - markers;
      removedInWalk += gone;
      offset += looked - gone;
      if (ended !== '1') continue;
      if (rules.before !== null || offset === 0 || removedInWalk === 0)
        return { kind: 'walked', removed, ended: true, offset };
      [offset, removedInWalk] = [0, 0];
    }
    return { kind: 'walked', removed, ended: false, offset };
  }
}

function refusal(word: string, jobs: number): { kind: 'refused'; reason: string } {
  if (word === 'active')
    return {
      kind: 'refused',
      reason: `${jobs} ${jobs === 1 ? 'job runs' : 'jobs run'} in it: wait until they have ended.`,
    };
  if (word === 'running') return { kind: 'refused', reason: 'The queue is not paused: pause it first.' };
  throw new Error(`a sweep answered "${word}", which is not known`);
}

/**
 * The last steps of an obliteration: the schedulers, 200 at a time, then all that names the queue.
 * KEYS 1 meta, 2 active, 3 repeat · ARGV 1 base · reply { 'running' } | { 'active', jobs } | { 'more' } | { 'gone' }, or { 'again' } when jobs were added meanwhile
 */
const FORGET_QUEUE = luaScript(`
if redis.call('HEXISTS', KEYS[1], 'paused') ~= 1 then return { 'running' } end
local running = redis.call('LLEN', KEYS[2])
if running > 0 then return { 'active', running } end
local base = ARGV[1]
local schedulers = redis.call('ZRANGE', KEYS[3], 0, 199)
for _, scheduler in ipairs(schedulers) do redis.call('UNLINK', KEYS[3] .. ':' .. scheduler) end
if #schedulers > 0 then
  redis.call('ZREM', KEYS[3], unpack(schedulers))
  return { 'more' }
end
for _, set in ipairs({ 'wait', 'paused', 'delayed', 'prioritized', 'completed', 'failed', 'waiting-children' }) do
  if redis.call('EXISTS', base .. set) == 1 then return { 'again' } end
end
for _, name in ipairs({ 'events', 'delay', 'stalled-check', 'stalled', 'id', 'pc', 'marker', 'meta', 'limiter', 'priority',
  'metrics:completed', 'metrics:completed:data', 'metrics:failed', 'metrics:failed:data' }) do
  redis.call('UNLINK', base .. name)
end
return { 'gone' }
`);
