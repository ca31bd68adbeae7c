import { incompressible, NUL } from '../place';
import { COMPLETED, FAILED, type RedisGround } from './ground';

const BYTES = Buffer.from([0x62, 0xff, 0xfe, 0xc3, 0x28]);

const IDS: (string | Buffer)[] = [
  incompressible(4_096, 7),
  incompressible(12_000, 8),
  `nul${NUL}id`,
  Buffer.concat([Buffer.from('bytes-'), BYTES]),
  'a:b',
  'a/b',
  '%2F%',
  'new\nline',
  ' ',
  '.',
  '..',
  '__proto__',
  'constructor',
  'toString',
  '?#&=',
  '<script>alert(1)</script>',
  '\u202eevil',
  '🙂'.repeat(500),
  '-0',
  '00012',
  '9'.repeat(400),
  '9223372036854775808',
  'repeat:x:y',
  '0:1',
  'null',
  'undefined',
];

export const QUEUES: (string | Buffer)[] = [
  incompressible(5_000, 9),
  `nul${NUL}queue`,
  Buffer.concat([Buffer.from('bytes-queue-'), BYTES]),
  '{tag}-queue',
  '{}',
  '<script>alert(1)</script>',
  '..',
  '.',
  '?#&',
  '%2e%2e%2f',
  'a:b:c',
  'meta',
  'x:meta',
  '__proto__',
  'constructor',
  ' ',
  'new\nline',
  '\u202eueueq',
  '漢字🙂'.repeat(50),
  '[*]?',
  "'; DROP TABLE job; --",
];

/** Ids, queue names and job names that somebody could have chosen. */
export async function seedNames(ground: RedisGround): Promise<void> {
  for (const [i, id] of IDS.entries()) {
    await ground.put('odd-ids', (['wait', 'failed', 'completed', 'active'] as const)[i % 4] ?? 'wait', id, {
      ...(i % 4 === 1 ? FAILED : i % 4 === 2 ? COMPLETED : {}),
    });
    await ground.call('RPUSH', ground.key('odd-ids', Buffer.concat([Buffer.from(id), Buffer.from(':logs')])), 'line');
  }
  await ground.call(
    'HSET',
    ground.key('odd-ids', ''),
    'name',
    'no id',
    'timestamp',
    Date.now(),
    'data',
    '{}',
    'opts',
    '{}',
  );
  await ground.enlist('odd-ids', 'wait', '');
  await ground.tell('odd-ids', '*', { event: 'waiting', jobId: '' });
  for (const queue of QUEUES) {
    const place = await ground.queue(queue);
    await ground.put(queue, 'failed', incompressible(4_096, 11), FAILED);
    place.jobs.push('gone');
  }
  const names = [
    '',
    'n'.repeat(400),
    '\u202e\u2066name',
    `nul${NUL}name`,
    '<img src=x onerror=alert(1)>',
    BYTES,
    '__proto__',
  ];
  for (const [i, name] of names.entries()) {
    await ground.put('odd-job-names', 'wait', `waits-${i}`, { name });
    await ground.put('odd-job-names', 'failed', `failed-${i}`, { ...FAILED, name, failedReason: name });
  }
}
