import type { RecordGap } from '@/lib/backends/recording';
import { timeOf } from '@/lib/iso-time';
import { isRefusal } from '../broker-errors';
import { luaScript, type RedisLink } from '../redis/link';
import type { CostMeter } from './meter';
import { isAfter, msOf } from './redis-events';
import type { Place } from './redis-places';
import { runAll } from './run-all';

/** A stream's first entry may carry a whole result. */
const STREAMS_PER_SCRIPT = 100;
/** BullMQ's own, where a queue says nothing. */
const EVENTS_KEPT = 10_000;

type Group = (queues: string[]) => string[][];

/**
 * KEYS  streams · ARGV for each: '1' = was it ever cut is wanted, and its queue's \`meta\`
 * reply for each { its first id ('' = none), 1 = it holds as many as it may: some were cut }
 */
const FIRST_IDS = luaScript(`
local out = {}
for i = 1, #KEYS do
  local ok, head = pcall(redis.call, 'XRANGE', KEYS[i], '-', '+', 'COUNT', 1)
  local first, cut = ok and head[1] and head[1][1] or '', 0
  if first ~= '' and ARGV[2 * i - 1] == '1' then
    local told, most = pcall(redis.call, 'HGET', ARGV[2 * i], 'opts.maxLenEvents')
    local counted, length = pcall(redis.call, 'XLEN', KEYS[i])
    if counted and length >= (told and tonumber(most or '') or ${EVENTS_KEPT}) then cut = 1 end
  end
  out[#out + 1] = first
  out[#out + 1] = cut
end
return out
`);

/**
 * Which of the queues lost events between the place up to which they were read and what their stream holds now: nothing was cut while the
 * first entry is at or before that place. A place that is a time and no entry tells nothing by itself: there the stream's length does.
 */
export async function findCuts(
  link: RedisLink,
  meter: CostMeter,
  group: Group,
  queues: string[],
  placeOf: (queue: string) => Place,
): Promise<RecordGap[]> {
  const gaps: RecordGap[] = [];
  for (const some of group(queues).flatMap(inParts)) {
    const keys = some.map((queue) => `${link.base(queue)}events`);
    const args = some.flatMap((queue) => [placeOf(queue).isReal ? '0' : '1', `${link.base(queue)}meta`]);
    const reply = (await link.call(() => link.script(FIRST_IDS, keys, args))) as (string | number)[];
    meter.add('evalsha', 1, keys, reply);
    meter.addInside(some.length);
    for (const [i, queue] of some.entries()) {
      const first = String(reply[2 * i] ?? '');
      const { cursor, isReal } = placeOf(queue);
      if (first === '' || !isAfter(first, cursor) || !(isReal || reply[2 * i + 1] === 1)) continue;
      const toMs = timeOf(msOf(first)) ?? Date.now();
      gaps.push({ queue, fromMs: timeOf(msOf(cursor)), toMs, isGone: false });
    }
  }
  const isNew = await areNew(
    link,
    meter,
    gaps.map(({ queue }) => queue),
  );
  return gaps.map((gap, i) => ({ ...gap, isGone: isNew[i] ?? false }));
}

/** Streams that begin after what was read of them although nothing was ever cut: each is another one of the same name. Redis 7 tells. */
async function areNew(link: RedisLink, meter: CostMeter, queues: string[]): Promise<boolean[]> {
  const asked = queues.map((queue) => ['xinfo', 'STREAM', `${link.base(queue)}events`]);
  if (asked.length === 0) return [];
  const replies = await link.call(() => runAll(link, asked));
  meter.add('xinfo', asked.length, asked, []);
  return replies.map(([error, reply]) => {
    if (error || !Array.isArray(reply)) return false;
    const told = (name: string) => reply[reply.indexOf(name) + 1] as unknown;
    const added = reply.includes('entries-added') ? told('entries-added') : null;
    return typeof added === 'number' && added === told('length');
  });
}

/**
 * KEYS  streams · ARGV for each the id up to which it was read
 * reply indices of those that are gone, or hold nothing although there was more, or begin anew before what was read
 */
const LOOK = luaScript(`
local time, out = tonumber(ARGV[1]), {}
local function isGone(key, cursor)
  local length = redis.call('XLEN', key)
  if length > 0 and tonumber(string.match(cursor, '^%d+')) <= time then return false end
  if length == 0 then
    if redis.call('EXISTS', key) == 0 then return true end
    local info = redis.call('XINFO', 'STREAM', key)
    for n = 1, #info, 2 do
      if info[n] == 'last-generated-id' then return info[n + 1] ~= cursor end
    end
    return false
  end
  local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1][1]
  return tonumber(string.match(last, '^%d+')) < tonumber(string.match(cursor, '^%d+'))
end
for i = 1, #KEYS do
  local ok, gone = pcall(isGone, KEYS[i], ARGV[i + 1])
  if ok and gone then out[#out + 1] = i end
end
return out
`);

/** Streams that were read and of which nothing is left, so that what came after is not known. */
export async function findGone(
  link: RedisLink,
  meter: CostMeter,
  group: Group,
  places: readonly { queue: string; cursor: string }[],
): Promise<string[]> {
  const cursors = new Map(places.map(({ queue, cursor }) => [queue, cursor]));
  const gone: string[] = [];
  for (const some of group([...cursors.keys()]).flatMap(inParts)) {
    const keys = some.map((queue) => `${link.base(queue)}events`);
    const args = [Date.now() + 3_600_000, ...some.map((queue) => cursors.get(queue) ?? '0-0')];
    const reply = (await link.call(() => link.script(LOOK, keys, args))) as number[];
    meter.add('evalsha', 1, keys, reply);
    meter.addInside(some.length);
    gone.push(...reply.flatMap((i) => some[i - 1] ?? []));
  }
  return gone;
}

/** Those of the queues whose stream is none, or may not be read, with the server's words. */
export async function findOdd(link: RedisLink, queues: string[]): Promise<Map<string, string>> {
  const replies = await link.call(() =>
    runAll(
      link,
      queues.map((queue) => ['xlen', `${link.base(queue)}events`]),
    ),
  );
  const odd = new Map<string, string>();
  for (const [i, [error]] of replies.entries()) if (error) odd.set(queues[i] ?? '', error.message);
  // That no stream at all may be asked is a right that is missing, not an odd stream.
  const isRight = odd.size === queues.length && [...odd.values()].every((words) => isRefusal(words));
  if (isRight) await link.rights.look();
  return isRight && queues.length > 1 ? new Map() : odd;
}

function inParts(queues: string[]): string[][] {
  const parts: string[][] = [];
  for (let i = 0; i < queues.length; i += STREAMS_PER_SCRIPT) parts.push(queues.slice(i, i + STREAMS_PER_SCRIPT));
  return parts;
}
