import type { Paused } from '@/lib/backends/changes';
import { placeOf } from '../../recording/redis-events';
import type { RedisChanges } from '../change-jobs';
import type { BuiltScript } from '../scripts/built';

export async function pauseQueue(changes: RedisChanges, queue: string): Promise<Paused> {
  const base = changes.link.base(queue);
  const names = ['wait', 'paused', 'meta', 'prioritized', 'events', 'delayed', 'marker'];
  const keys = names.map((name) => base + name);
  const [was, event] = (await changes.run(PAUSE, keys, ['paused', '1'])) as [number, string];
  return { kind: 'done', was: was === 1, event: event === '' ? null : placeOf(event, Date.now()) };
}

/** KEYS and ARGV as BullMQ's `pause` has them · reply { 1 where it was paused already, id of the event by which BullMQ tells } */
const PAUSE: BuiltScript = {
  of: 'pause',
  build: (pause) => `
local function bullmqPause()
${pause}
end
local was = redis.call('HEXISTS', KEYS[3], 'paused')
bullmqPause()
local last = redis.call('XREVRANGE', KEYS[5], '+', '-', 'COUNT', 1)
return { was, last[1] and last[1][1] or '' }
`,
};
