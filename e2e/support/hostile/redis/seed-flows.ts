import { NUL } from '../place';
import { COMPLETED, type RedisGround } from './ground';

const DEEP = 500;

/** Flows that lead back into themselves, are too deep, or lead to what is not there. */
export async function seedFlows(ground: RedisGround): Promise<void> {
  const queue = 'odd-flows';
  await ground.queue(queue);
  await link(ground, queue, 'own-parent', 'own-parent');
  for (const [parent, child] of [
    ['ring-a', 'ring-b'],
    ['ring-b', 'ring-a'],
    ['three-a', 'three-b'],
    ['three-b', 'three-c'],
    ['three-c', 'three-a'],
    // A root over a ring: that is what a list of flows meets.
    ['over-ring', 'ring-c'],
    ['ring-c', 'ring-d'],
    ['ring-d', 'ring-c'],
  ] as const)
    await link(ground, queue, parent, child);
  await seedDense(ground, queue);
  await seedDeep(ground, queue);
  await seedParents(ground, queue);
  await seedEnded(ground, queue);
}

/** `child` hangs on `parent`; both are there afterwards. */
async function link(ground: RedisGround, queue: string, parent: string, child: string): Promise<void> {
  const parentKey = `bull:${queue}:${parent}`;
  const there = async (id: string) => (await ground.call('EXISTS', ground.key(queue, id))) === 1;
  const of = { parentKey, parent: JSON.stringify({ id: parent, queueKey: `bull:${queue}` }) };
  if (await there(child)) await ground.call('HSET', ground.key(queue, child), ...Object.entries(of).flat());
  else await ground.put(queue, 'waiting-children', child, of);
  if (!(await there(parent))) await ground.put(queue, 'waiting-children', parent, {});
  await ground.call('SADD', ground.key(queue, `${parent}:dependencies`), `bull:${queue}:${child}`);
}

/** Twenty jobs, each of them the child of every other: paths without number. */
async function seedDense(ground: RedisGround, queue: string): Promise<void> {
  const all = Array.from({ length: 20 }, (_, i) => `dense-${i}`);
  for (const parent of all) for (const child of all) if (parent !== child) await link(ground, queue, parent, child);
}

async function seedDeep(ground: RedisGround, queue: string): Promise<void> {
  for (let i = 0; i < DEEP; i += 1) await link(ground, queue, `deep-${i}`, `deep-${i + 1}`);
  const place = await ground.queue(queue);
  // The first and the last of them are enough to look at.
  place.jobs = place.jobs.filter((id) => !/^deep-\d{2}|^dense-[3-9]|^dense-1\d/.test(id)).concat(`deep-${DEEP}`);
}

async function seedParents(ground: RedisGround, queue: string): Promise<void> {
  const parents: Record<string, string> = {
    'no-key': 'nonsense',
    'other-prefix': 'elsewhere:queue:1',
    'missing-queue': 'bull:no-such-queue:1',
    'missing-job': `bull:${queue}:no-such-job`,
    colons: ':::::',
    nul: `bull:${NUL}:${NUL}`,
    long: `bull:${'q'.repeat(20_000)}:1`,
  };
  for (const [kind, parentKey] of Object.entries(parents)) {
    await ground.put(queue, 'wait', `child-of-${kind}`, { parentKey, parent: 'no json' });
    await ground.put(queue, 'waiting-children', `parent-of-${kind}`, {});
    await ground.call('SADD', ground.key(queue, `parent-of-${kind}:dependencies`), parentKey);
  }
  for (const [kind, parent] of Object.entries({
    null: 'null',
    array: '[]',
    number: '1',
    types: '{"id":1,"queueKey":{}}',
  }))
    await ground.put(queue, 'wait', `parent-json-${kind}`, { parentKey: `bull:${queue}:1`, parent });
}

/** Rings whose members have ended: kept by their results, and not by what is pending. */
async function seedEnded(ground: RedisGround, queue: string): Promise<void> {
  for (const [id, other] of [
    ['ended-a', 'ended-b'],
    ['ended-b', 'ended-a'],
    ['ended-self', 'ended-self'],
  ] as const) {
    await ground.put(queue, 'completed', id, { ...COMPLETED, parentKey: `bull:${queue}:${other}` });
    for (const part of [':processed', ':failed'])
      await ground.call('HSET', ground.key(queue, id + part), `bull:${queue}:${other}`, '"r"');
    await ground.call('ZADD', ground.key(queue, `${id}:unsuccessful`), 1, `bull:${queue}:${other}`);
  }
}
