import type { RedisGround } from './ground';

const HOUR_MS = 3_600_000;

const SCHEDULERS: Record<string, Record<string, string | number>> = {
  'cron-nonsense': { name: 'x', pattern: 'every blue moon', ic: 1 },
  'cron-huge': { name: 'x', pattern: '*/1,'.repeat(20_000), ic: 1 },
  'cron-never': { name: 'x', pattern: '0 0 0 31 2 *', ic: 1 },
  'every-zero': { name: 'x', every: 0, ic: 1 },
  'every-negative': { name: 'x', every: -1, ic: 1 },
  'every-text': { name: 'x', every: 'often', ic: 'some' },
  'every-huge': { name: 'x', every: '9'.repeat(300), ic: '9'.repeat(300) },
  'both-given': { name: 'x', every: 1_000, pattern: '* * * * *' },
  'none-given': { name: 'x' },
  'template-no-json': { name: 'x', every: HOUR_MS, data: 'not {json', opts: 'not {json' },
  'template-null': { name: 'x', every: HOUR_MS, data: 'null', opts: 'null' },
  'template-array': { name: 'x', every: HOUR_MS, data: '[]', opts: '[]' },
  'template-nested': { name: 'x', every: HOUR_MS, data: `${'['.repeat(20_000)}${']'.repeat(20_000)}` },
  'template-5mb': { name: 'x', every: HOUR_MS, data: `"${'x'.repeat(5_242_880)}"` },
  'tz-nonsense': { name: 'x', pattern: '0 0 * * *', tz: 'Mars/Olympus' },
  'times-nonsense': {
    name: 'x',
    every: HOUR_MS,
    startDate: 'soon',
    endDate: '9'.repeat(40),
    limit: 'few',
    offset: 'x',
  },
  'name-bytes': { every: HOUR_MS },
};

/** Schedulers that plan nothing that could be, and one that is a string. */
export async function seedSchedulers(ground: RedisGround): Promise<void> {
  const queue = 'odd-schedulers';
  const place = await ground.queue(queue);
  const soon = Date.now() + HOUR_MS;
  for (const [id, fields] of Object.entries(SCHEDULERS)) {
    place.schedulers.push(id);
    await ground.call('ZADD', ground.key(queue, 'repeat'), soon, id);
    await ground.call('HSET', ground.key(queue, `repeat:${id}`), ...Object.entries(fields).flat());
  }
  await ground.call('HSET', ground.key(queue, 'repeat:name-bytes'), 'name', Buffer.from([0xff, 0x00]));
  place.schedulers.push('a-string', 'of-nothing', '__proto__', 'a:b/c%', 's'.repeat(4_000));
  await ground.call('SET', ground.key(queue, 'repeat:a-string'), 'x');
  for (const [score, id] of [
    ['inf', 'a-string'],
    ['-inf', 'of-nothing'],
    ['-1', '__proto__'],
    ['9e300', 'a:b/c%'],
    ['0', 's'.repeat(4_000)],
  ] as const)
    await ground.call('ZADD', ground.key(queue, 'repeat'), score, id);
  for (const id of ['__proto__', 'a:b/c%'])
    await ground.call('HSET', ground.key(queue, `repeat:${id}`), 'name', 'x', 'every', HOUR_MS);
  await ground.call('ZADD', ground.key(queue, 'repeat'), soon, Buffer.from([0x62, 0xff]));
  // What old versions kept: the plan in the id itself.
  await ground.call('ZADD', ground.key(queue, 'repeat'), soon, 'old:job:::0 0 * * *');
}
