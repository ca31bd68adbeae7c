import type { RedisChanges } from '../change-jobs';
import { luaScript } from '../link';

const MOVE_STEP = 2_000;
const BEFORE_6 = /^bullmq:[1-5]\./;

/**
 * BullMQ 5 keeps the waiting jobs of a paused queue in `paused`, and when it resumes it puts that list in the place of `wait`. BullMQ 6 (and so
 * our changes) leaves them in `wait`: they would be lost. So in a queue that BullMQ 5 writes to, what a change left there is moved to where
 * BullMQ 5 looks for it.
 */
export async function parkWaiting(changes: RedisChanges, queue: string): Promise<void> {
  const { link } = changes;
  const base = link.base(queue);
  const [version, paused, isOld] = await link.call(async () => {
    const [fields, list] = await Promise.all([
      link.reads.hmget(`${base}meta`, 'version', 'paused'),
      link.reads.exists(`${base}paused`),
    ]);
    return [fields[0], fields[1], list === 1] as const;
  });
  if (paused == null || !(isOld || BEFORE_6.test(version ?? ''))) return;
  const keys = ['meta', 'wait', 'paused'].map((name) => base + name);
  for (let left = 1; left > 0; ) left = Number(await changes.run(PARK, keys, [MOVE_STEP]));
}

/** KEYS 1 meta, 2 wait, 3 paused · ARGV 1 how many may move in one step · reply how many are left. The oldest is last in both LISTs. */
const PARK = luaScript(`
if redis.call('HEXISTS', KEYS[1], 'paused') == 0 or redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
if redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('RENAME', KEYS[2], KEYS[3])
  return 0
end
local oldest = redis.call('LRANGE', KEYS[2], -tonumber(ARGV[1]), -1)
for i = #oldest, 1, -1 do redis.call('LPUSH', KEYS[3], oldest[i]) end
redis.call('LTRIM', KEYS[2], 0, -(#oldest + 1))
return redis.call('LLEN', KEYS[2])
`);
