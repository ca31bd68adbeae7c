import type { RedisGround } from './ground';

/** Each key of a queue, and what stands there instead of what BullMQ keeps. */
const STRINGS = [
  'wait',
  'active',
  'prioritized',
  'delayed',
  'completed',
  'failed',
  'waiting-children',
  'paused',
  'repeat',
  'events',
  'marker',
  'stalled',
  'limiter',
  'pc',
  'metrics:completed',
  'metrics:completed:data',
];
const LISTS = ['prioritized', 'delayed', 'completed', 'failed', 'repeat', 'events', 'id', 'marker'];
const ZSETS = ['wait', 'active'];

/** Keys of the wrong type: one queue for each, so that what it costs is seen. */
export async function seedKeys(ground: RedisGround): Promise<void> {
  for (const part of STRINGS) {
    const queue = `odd-string-${part}`;
    await ground.atOnce(async (held) => {
      await held.queue(queue);
      await held.call('SET', held.key(queue, part), 'a string');
    });
  }
  for (const part of LISTS) {
    const queue = `odd-list-${part}`;
    await ground.atOnce(async (held) => {
      await held.queue(queue);
      await held.call('DEL', held.key(queue, part));
      await held.call('RPUSH', held.key(queue, part), 'an', 'entry');
    });
  }
  for (const part of ZSETS) {
    const queue = `odd-zset-${part}`;
    await ground.atOnce(async (held) => {
      await held.queue(queue);
      await held.call('DEL', held.key(queue, part));
      await held.call('ZADD', held.key(queue, part), 1, '1', 2, '2');
    });
  }
  await seedAllAtOnce(ground);
  await seedBesideJobs(ground);
  await seedMeta(ground);
  await seedLists(ground);
}

async function seedAllAtOnce(ground: RedisGround): Promise<void> {
  await ground.queue('odd-all-strings');
  for (const part of [...STRINGS, 'id', '1', '2']) await ground.call('SET', ground.key('odd-all-strings', part), 'x');
  // A queue that is no more than a `meta` of the wrong type, and one whose job is a `meta`.
  await ground.queue('odd-string-meta');
  await ground.call('SET', ground.key('odd-string-meta', 'meta'), 'x');
  await ground.put('odd-job-meta', 'wait', 'x:meta', { opts: '{}' });
}

/** What hangs on one job, in a queue whose other jobs are sound. */
async function seedBesideJobs(ground: RedisGround): Promise<void> {
  const queue = 'odd-beside-jobs';
  const hang = async (id: string, part: string, ...command: [string, ...(string | number)[]]) => {
    await ground.put(queue, 'active', id, { ats: 1, processedOn: Date.now() });
    const [name, ...args] = command;
    await ground.call(name, ground.key(queue, `${id}${part}`), ...args);
  };
  await hang('lock-list', ':lock', 'RPUSH', 'token');
  await hang('logs-string', ':logs', 'SET', 'x');
  await hang('logs-hash', ':logs', 'HSET', 'a', 'b');
  await hang('dependencies-string', ':dependencies', 'SET', 'x');
  await hang('dependencies-list', ':dependencies', 'RPUSH', 'x');
  await hang('processed-set', ':processed', 'SADD', 'x');
  await hang('failed-string', ':failed', 'SET', 'x');
  await hang('unsuccessful-hash', ':unsuccessful', 'HSET', 'a', 'b');
  for (const [structure, type] of [
    ['wait', 'SET'],
    ['failed', 'SADD'],
    ['active', 'RPUSH'],
    ['completed', 'PFADD'],
  ] as const) {
    const id = `job-${type.toLowerCase()}`;
    await ground.put(queue, structure, id, {});
    await ground.call('DEL', ground.key(queue, id));
    await ground.call(type, ground.key(queue, id), 'x');
  }
  // Our own: who asked for a job to be cancelled, and what workers told of themselves.
  await ground.queue('odd-our-cancels');
  for (const own of ['odd-our-cancels', 'odd-beside-jobs'])
    for (const part of ['cancels', 'workers', 'orders'])
      await ground.call('SET', `queuedeck:bull:${own}:${part}`, 'not ours');
  for (const part of ['cancels', 'workers', 'beats', 'orders'])
    await ground.call('SET', `queuedeck:bull:${part}`, 'not ours');
}

async function seedMeta(ground: RedisGround): Promise<void> {
  const set = async (queue: string, ...fields: (string | number)[]) => {
    await ground.queue(queue);
    await ground.call('HSET', ground.key(queue, 'meta'), ...fields);
  };
  await set('odd-meta-text', 'concurrency', 'many', 'max', 'x', 'duration', 'y', 'opts.maxLenEvents', 'all');
  await set('odd-meta-paused', 'paused', '1', 'PAUSED', '1');
  await ground.call('RPUSH', ground.key('odd-meta-paused', 'paused'), '1', '1', 'gone');
  await set(
    'odd-meta-huge',
    'concurrency',
    '9'.repeat(400),
    'max',
    '-1',
    'duration',
    'Infinity',
    'version',
    'v'.repeat(50_000),
  );
  await set('odd-meta-fields', ...Array.from({ length: 2_000 }, (_, i) => [`field-${i}`, `${i}`]).flat());
  await ground.call('SET', ground.key('odd-meta-text', 'id'), 'not a number');
  await ground.call('SET', ground.key('odd-meta-huge', 'id'), '9'.repeat(400));
}

/** Ids of jobs that are not there. */
async function seedLists(ground: RedisGround): Promise<void> {
  const gone = 'odd-ids-gone';
  const place = await ground.queue(gone);
  place.jobs.push('gone-1');
  for (const structure of [
    'wait',
    'active',
    'prioritized',
    'delayed',
    'completed',
    'failed',
    'waiting-children',
  ] as const)
    for (const id of ['gone-1', 'gone-2', '', '1']) await ground.enlist(gone, structure, id);
  const twice = 'odd-ids-twice';
  await ground.queue(twice);
  for (let i = 0; i < 3; i += 1) await ground.enlist(twice, 'wait', '1');
  await ground.enlist(twice, 'failed', '1');
  await ground.enlist(twice, 'completed', '2');
  const many = 'odd-ids-of-nothing';
  await ground.queue(many);
  const ids = Array.from({ length: 100_000 }, (_, i) => `nothing-${i}`);
  for (let i = 0; i < ids.length; i += 10_000)
    await ground.call('LPUSH', ground.key(many, 'wait'), ...ids.slice(i, i + 10_000));
  const zset = ids.slice(0, 20_000).flatMap((id, i) => [i, id]);
  await ground.call('ZADD', ground.key(many, 'completed'), ...zset);
}
