import type { QueueMeta, RateLimit, RateLimitNow } from '@/lib/backends/changes';
import type { RedisChanges } from '../change-jobs';
import { luaScript } from '../link';

/** XTRIM frees this many entries in one step. */
const TRIM_STEP = 5_000;
const FIELDS_SHOWN = 100;
const FIELD_CHARS = 1_000;

/** A queue's limits and what else its `meta` HASH says. */
export class RedisSettings {
  constructor(private readonly changes: RedisChanges) {}

  async setConcurrency(queue: string, concurrency: number | null): Promise<void> {
    await this.#set(queue, concurrency === null ? { concurrency: null } : { concurrency });
  }

  async setRateLimit(queue: string, limit: RateLimit | null): Promise<void> {
    await this.#set(queue, { max: limit?.max ?? null, duration: limit?.durationMs ?? null });
  }

  async readRateLimit(queue: string): Promise<RateLimitNow> {
    const { link } = this.changes;
    const base = link.base(queue);
    const reply = await link.call(() => link.script(READ_LIMIT, [`${base}meta`, `${base}limiter`], []));
    const [max, durationMs, used, ttl] = reply as [string, string, string, number];
    const limit = Number(max) > 0 ? { max: Number(max), durationMs: Number(durationMs) || 0 } : null;
    return { limit, holdsMs: holdOf(limit, Number(used), ttl) };
  }

  /** How many events went. */
  async trimEvents(queue: string, maxLength: number): Promise<number> {
    const key = `${this.changes.link.base(queue)}events`;
    let removed = 0;
    for (;;) {
      const reply = await this.changes.run(TRIM, [key], [maxLength, TRIM_STEP]);
      const [gone, left] = reply as [number, number];
      removed += gone;
      if (gone === 0 || left <= maxLength) return removed;
    }
  }

  async readMeta(queue: string): Promise<QueueMeta> {
    const { link } = this.changes;
    const base = link.base(queue);
    return link.call(async () => {
      const [[, pairs], events, schedulers] = await Promise.all([
        link.reads.hscan(`${base}meta`, 0, 'COUNT', FIELDS_SHOWN),
        link.reads.xlen(`${base}events`),
        link.reads.zcard(`${base}repeat`),
      ]);
      const fields: [string, string][] = [];
      for (let i = 0; i + 1 < Math.min(pairs.length, 2 * FIELDS_SHOWN); i += 2)
        fields.push([pairs[i] ?? '', (pairs[i + 1] ?? '').slice(0, FIELD_CHARS)]);
      return { fields: Object.fromEntries(fields.sort()), schedulers, events };
    });
  }

  async #set(queue: string, fields: Record<string, number | null>): Promise<void> {
    const base = this.changes.link.base(queue);
    const keys = ['meta', 'wait', 'prioritized', 'marker'].map((name) => base + name);
    const args = Object.entries(fields).flatMap(([name, value]) => [name, value ?? '']);
    await this.changes.run(SET_META, keys, args);
  }
}

/** BullMQ's worker holds when the window's count has reached the limit; \`rateLimit(ms)\` by hand fills it with the largest integer. */
function holdOf(limit: RateLimit | null, used: number, ttlMs: number): number | null {
  if (ttlMs <= 0) return 0;
  if (limit) return used >= limit.max ? ttlMs : 0;
  return used >= Number.MAX_SAFE_INTEGER ? ttlMs : null;
}

/**
 * KEYS 1 meta, 2 wait, 3 prioritized, 4 marker · ARGV pairs of field and value, '' = unset
 * A wider limit wakes workers that wait: the marker is what they listen to.
 */
const SET_META = luaScript(`
for i = 1, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[i]) else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
if redis.call('HEXISTS', KEYS[1], 'paused') == 0 and redis.call('LLEN', KEYS[2]) + redis.call('ZCARD', KEYS[3]) > 0 then
  redis.call('ZADD', KEYS[4], 0, '0')
end
return 1
`);

/** KEYS 1 meta, 2 limiter · reply { max, duration, used in this window, its rest in ms (< 0 = none) } */
const READ_LIMIT = luaScript(`
local limit = redis.call('HMGET', KEYS[1], 'max', 'duration')
return { limit[1] or '', limit[2] or '', redis.call('GET', KEYS[2]) or '0', redis.call('PTTL', KEYS[2]) }
`);

/** KEYS 1 events · ARGV 1 how many stay, 2 how many may go in this step · reply { gone, left } */
const TRIM = luaScript(`
local length = redis.call('XLEN', KEYS[1])
local target = math.max(tonumber(ARGV[1]), length - tonumber(ARGV[2]))
if length <= target then return { 0, length } end
return { redis.call('XTRIM', KEYS[1], 'MAXLEN', '=', target), redis.call('XLEN', KEYS[1]) }
`);
