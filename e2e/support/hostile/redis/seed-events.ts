import { incompressible, NUL } from '../place';
import { FAILED, type RedisGround } from './ground';

/** Milliseconds beyond the last moment that a Date can be. */
const BEYOND = '8640000000000001';
const LAST_ID = '18446744073709551615';

/** Events that BullMQ never writes; after each of them comes one that is sound. */
export async function seedEvents(ground: RedisGround): Promise<void> {
  const odd = async (kind: string, tell: (queue: string) => Promise<void>) => {
    const queue = `odd-events-${kind}`;
    await ground.queue(queue);
    await tell(queue);
  };
  const beyond = (at: string) => async (queue: string) => {
    await ground.call(
      'HSET',
      ground.key(queue, 'far'),
      'name',
      'far',
      'timestamp',
      Date.now(),
      'data',
      '{}',
      'opts',
      '{}',
    );
    await ground.tell(queue, `${at}-1`, { event: 'waiting', jobId: 'far' });
  };
  await odd('beyond', beyond(BEYOND));
  await odd('year-9999', beyond('253402300800000'));
  // Nothing can be added to a stream after this one.
  await odd('last', (queue) => ground.tell(queue, `${LAST_ID}-${LAST_ID}`, { event: 'waiting', jobId: '1' }));
  await odd('fields', async (queue) => {
    for (const fields of [
      { x: 'y' },
      { event: 'waiting' },
      { jobId: '1' },
      { event: '', jobId: '' },
      { event: 'no-such-event', jobId: '1' },
      { event: '__proto__', jobId: '__proto__' },
      { event: 'failed', jobId: '2' },
      { event: 'completed', jobId: '2', returnvalue: 'no json', prev: 'nonsense' },
      { event: 'failed', jobId: '1', failedReason: `nul${NUL}`, prev: '__proto__' },
      { event: 'delayed', jobId: '1', delay: 'soon' },
      { event: 'delayed', jobId: '1', delay: '9'.repeat(300) },
      { event: 'progress', jobId: '1', data: 'no json' },
      { event: 'added', jobId: '1', name: 'n'.repeat(20_000) },
      { event: 'waiting', jobId: incompressible(4_096, 13) },
      { event: 'waiting', jobId: Buffer.from([0xff, 0xfe]) },
      { event: Buffer.from([0xff]), jobId: '1' },
      { event: 'cleaned', count: 'many' },
      { event: 'drained', jobId: 'x' },
      { event: 'removed', jobId: 'never-was', prev: 'wait' },
      { event: 'retries-exhausted', jobId: '2', attemptsMade: '9'.repeat(40) },
    ] as Record<string, string | Buffer>[])
      await ground.tell(queue, '*', fields);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`field-${i}`, 'x']));
    await ground.tell(queue, '*', { event: 'waiting', jobId: '1', ...many });
    await ground.tell(queue, '*', { event: 'completed', jobId: '2', returnvalue: `"${'r'.repeat(2_000_000)}"` });
  });
  // Sound ones behind the odd ones: they are recorded.
  await ground.put('odd-events-fields', 'failed', 'after-the-odd-ones', FAILED);
}
