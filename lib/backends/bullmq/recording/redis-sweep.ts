import type { Position } from '@/lib/backends/backend';
import type { EndedTotals, QueueTotals, RecordedFields, SweptFields } from '@/lib/backends/recording';
import type { JobState } from '@/lib/contracts/states';
import { luaScript, type RedisLink } from '../redis/link';
import type { CostMeter } from './meter';
import type { RedisFieldReader } from './redis-fields';
import { checkEnded, toCount } from './totals';

const JOBS_PER_STEP = 400;
const MINUTES = 2_880;

const LISTS: Partial<Record<JobState, string[]>> = { waiting: ['wait', 'paused'], active: ['active'] };

interface SweepPorts {
  link: RedisLink;
  fields: RedisFieldReader;
  meter: CostMeter;
}

/** A step through the jobs of one state: ended ones by when they ended, the others by their place. */
export async function sweepFields(
  { link, fields, meter }: SweepPorts,
  queue: string,
  state: JobState,
  fromMs: number | null,
  position: Position | null,
  choose?: (ids: string[]) => Promise<string[]>,
): Promise<SweptFields> {
  const base = link.base(queue);
  const lists = LISTS[state];
  const [ids, next] = await link.call(() =>
    lists
      ? listStep(link, base, lists, position)
      : isEnded(state)
        ? scoreStep(link, base + state, fromMs, position)
        : rankStep(link, base + state, position),
  );
  meter.add(lists ? 'lrange' : isEnded(state) ? 'zrangebyscore' : 'zrange', 1, [queue], ids);
  const chosen = choose && ids.length > 0 ? await choose(ids) : ids;
  const jobs = await fields.read(
    chosen.map((id) => ({ queue, id, set: 'whole' })),
    state,
  );
  const found = jobs.flatMap((job) => job ?? []);
  if (state === 'failed') await markParents(link, meter, found);
  return { jobs: found, next };
}

/** The root of a flow is known by its children alone: what was not seen to wait for them. KEYS jobs' HASHes · reply 1 or 0 for each */
const HAVE_CHILDREN = luaScript(`
local out = {}
for i, key in ipairs(KEYS) do
  local ok, n = pcall(redis.call, 'EXISTS', key .. ':dependencies', key .. ':processed', key .. ':failed', key .. ':unsuccessful')
  out[i] = ok and n > 0 and 1 or 0
end
return out
`);

/** One command for each job that failed before it was recorded, once, and of those only for what has no parent. */
async function markParents(link: RedisLink, meter: CostMeter, jobs: RecordedFields[]): Promise<void> {
  const tops = jobs.filter(({ parent }) => parent === null);
  if (tops.length === 0) return;
  const keys = tops.map(({ queue, id }) => link.base(queue) + id);
  const replies = (await link.call(() => link.script(HAVE_CHILDREN, keys, []))) as number[];
  meter.add('evalsha', 1, keys, replies);
  meter.addInside(keys.length);
  for (const [i, job] of tops.entries()) job.hasChildren = replies[i] === 1;
}

const isEnded = (state: JobState) => state === 'completed' || state === 'failed';

type Step = [ids: string[], next: Position | null];

async function scoreStep(
  link: RedisLink,
  key: string,
  fromMs: number | null,
  position: Position | null,
): Promise<Step> {
  const from = String(position?.score ?? fromMs ?? '-inf');
  const skip = Number(position?.skip ?? 0);
  const flat = await link.reads.zrangebyscore(key, from, '+inf', 'WITHSCORES', 'LIMIT', skip, JOBS_PER_STEP);
  const ids = flat.filter((_, i) => i % 2 === 0);
  const scores = flat.filter((_, i) => i % 2 === 1);
  const last = scores.at(-1);
  if (ids.length < JOBS_PER_STEP || last === undefined) return [ids, null];
  const same = scores.filter((score) => score === last).length;
  return [ids, { score: last, skip: from === last ? skip + same : same }];
}

async function rankStep(link: RedisLink, key: string, position: Position | null): Promise<Step> {
  const at = Number(position?.at ?? 0);
  const ids = await link.reads.zrange(key, String(at), String(at + JOBS_PER_STEP - 1));
  return [ids, ids.length < JOBS_PER_STEP ? null : { at: at + ids.length }];
}

/** BullMQ 3 and 4 put entries into their waiting LISTs that are no jobs. */
const isJob = (id: string) => !id.startsWith('0:');

/** One LIST after the other, oldest first: they grow at their beginning. */
async function listStep(link: RedisLink, base: string, lists: string[], position: Position | null): Promise<Step> {
  const list = Number(position?.list ?? 0);
  const at = Number(position?.at ?? 0);
  const ids = await link.reads.lrange(`${base}${lists[list]}`, -at - JOBS_PER_STEP, -at - 1);
  const jobs = ids.filter(isJob);
  if (ids.length === JOBS_PER_STEP) return [jobs, { list, at: at + ids.length }];
  return [jobs, list + 1 < lists.length ? { list: list + 1, at: 0 } : null];
}

/**
 * In one step, so that the totals and the newest event belong together; what cannot be read is none.
 * KEYS 1 events, 2 id, 3 failed, 4 and 5 the metrics of what completed, 6 and 7 of what failed · ARGV 1 minutes
 */
const TOTALS = luaScript(`
local out = {}
local function ask(...)
  local ok, reply = pcall(redis.call, ...)
  out[#out + 1] = ok and reply
end
ask('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
ask('GET', KEYS[2])
ask('ZCARD', KEYS[3])
for i = 4, 6, 2 do
  ask('HMGET', KEYS[i], 'count', 'prevTS', 'prevCount')
  ask('LRANGE', KEYS[i + 1], 0, ARGV[1] - 1)
end
return out
`);
const TOTALS_OF = [
  'events',
  'id',
  'failed',
  ...['completed', 'failed'].flatMap((end) => [`metrics:${end}`, `metrics:${end}:data`]),
];

export async function readTotals({ link, meter }: SweepPorts, queue: string): Promise<QueueTotals> {
  const keys = TOTALS_OF.map((name) => link.base(queue) + name);
  const values = (await link.call(() => link.script(TOTALS, keys, [MINUTES]))) as unknown[];
  meter.add('evalsha', 1, keys, values);
  meter.addInside(keys.length);
  const [newest, ids, failedKept, completed, completedMinutes, failed, failedMinutes] = values;
  const [at = '0', seq = '0'] = ((newest as [string, string[]][] | null)?.[0]?.[0] ?? '0-0').split('-');
  return {
    at: newest === null ? null : { at: Number(at), seq: Number(seq) },
    ids: toCount(ids),
    failedKept: toCount(failedKept),
    completed: toEnded(completed as (string | null)[] | null, completedMinutes as string[] | null),
    failed: toEnded(failed as (string | null)[] | null, failedMinutes as string[] | null),
  };
}

/**
 * BullMQ pushes a minute's count when the first job of a later minute ends, with zeroes for the minutes between: the newest point
 * is of the minute before `prevTS`, and what came since is of the minute of `prevTS` itself.
 */
function toEnded(meta: (string | null)[] | null, points: string[] | null): EndedTotals | null {
  const [count, prevTs, prevCount] = meta ?? [];
  if (count == null || prevTs == null || points === null) return null;
  return checkEnded(Number(count), Number(prevCount ?? 0), Number(prevTs), points.map(Number));
}
