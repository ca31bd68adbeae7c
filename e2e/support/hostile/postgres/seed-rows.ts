import { incompressible } from '../place';
import type { PostgresGround } from './ground';

const NOW = Date.now();
const MAX_BIGINT = '9223372036854775807';
const MIN_BIGINT = '-9223372036854775808';
const MAX_INTEGER = 2_147_483_647;
const MEGABYTE = 1_048_576;

const TIMES: Record<string, string | number> = {
  nanoseconds: `${NOW}000000`,
  'year-300000': 9_404_000_000_000_000,
  negative: -62_135_596_800_001,
  largest: MAX_BIGINT,
  smallest: MIN_BIGINT,
  zero: 0,
};

/** Times and counts as far as the columns reach. */
export async function seedTimes(ground: PostgresGround): Promise<void> {
  for (const [kind, at] of Object.entries(TIMES)) {
    const all = { added_at_ms: at, processed_at_ms: at, finished_at_ms: at, process_at_ms: at, delay_ms: at };
    for (const state of ['waiting', 'active', 'completed', 'failed', 'delayed', 'waiting-children'])
      await ground.put('odd-times', state, `${state}-${kind}`, { ...all, locked_until_ms: at, failed_reason: 'boom' });
    await ground.tell(
      'odd-times',
      'waiting',
      { jobId: `waiting-${kind}` },
      Number(at) > 9e18 || Number(at) < -9e18 ? 0 : Number(at),
    );
  }
  for (const [i, count] of [MAX_INTEGER, -MAX_INTEGER, -1].entries()) {
    const counts = { attempts_made: count, attempts_started: count, stalled_count: count, max_attempts: count };
    await ground.put('odd-counts', 'failed', `failed-${i}`, { ...counts, failed_reason: 'boom' });
    await ground.put('odd-counts', 'waiting', `waits-${i}`, { ...counts, priority: count, pending_deps: count });
  }
  await ground.query(`UPDATE bullmq.job SET seq = ${MAX_BIGINT} WHERE queue = 'odd-counts' AND id = 'waits-0'`);
  await ground.query(`UPDATE bullmq.job SET seq = ${MIN_BIGINT} WHERE queue = 'odd-counts' AND id = 'waits-1'`);
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Payloads that are too deep, too big, of other types. */
export async function seedPayloads(ground: PostgresGround): Promise<void> {
  const texts: Record<string, string> = {
    nested: nested(5_000),
    null: 'null',
    array: '[1,[2,[3]]]',
    string: '"text"',
    // A number of 100,001 digits.
    number: '1e100000',
    escapes: '{"a":"\\\\u0000","b":"\\u202e"}',
    proto: '{"__proto__":{"x":1},"constructor":1,"toString":null}',
    'many-keys': JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]))),
    'delay-types': '{"delay":"soon","attempts":{"a":1},"priority":[1],"backoff":null,"parent":7}',
    'delay-huge': '{"delay":1e300,"attempts":-1}',
  };
  const queue = 'odd-payloads';
  for (const [kind, text] of Object.entries(texts)) {
    await ground.put(queue, 'waiting', `data-${kind}`, { data: text });
    await ground.put(queue, 'waiting', `opts-${kind}`, { opts: text });
    await ground.put(queue, 'completed', `result-${kind}`, { return_value: text });
    await ground.put(queue, 'failed', `stack-${kind}`, { stacktrace: text, failed_reason: text.slice(0, 100_000) });
    await ground.put(queue, 'active', `progress-${kind}`, { progress: text });
  }
  await seedBig(ground);
}

async function seedBig(ground: PostgresGround): Promise<void> {
  const queue = 'odd-big';
  const big = JSON.stringify('x'.repeat(20 * MEGABYTE));
  await ground.put(queue, 'waiting', 'data-20mb', { data: big });
  await ground.put(queue, 'completed', 'result-20mb', { return_value: big });
  const text = 'e'.repeat(5 * MEGABYTE);
  await ground.put(queue, 'failed', 'error-5mb', {
    failed_reason: text,
    stacktrace: JSON.stringify([text, 7, null, {}]),
  });
  await ground.put(queue, 'waiting', 'opts-5mb', { opts: JSON.stringify({ attempts: 1, x: text }) });
  await ground.put(queue, 'waiting', 'name-5mb', { name: text });
  await ground.put(queue, 'active', 'progress-1mb', { progress: JSON.stringify('p'.repeat(MEGABYTE)) });
  await ground.put(queue, 'active', 'worker-1mb', { processed_by: 'w'.repeat(MEGABYTE) });
  await ground.put(queue, 'active', 'log-5mb');
  const line = (job: string) => `INSERT INTO bullmq.job_log (queue, job_id, idx, row) SELECT 'odd-big', '${job}', i, `;
  await ground.query(
    `${line('log-5mb')} repeat('l', CASE i WHEN 2 THEN ${5 * MEGABYTE} ELSE 5 END) FROM generate_series(1, 3) AS i`,
  );
  await ground.put(queue, 'active', 'log-lines');
  await ground.query(`${line('log-lines')} 'line ' || i FROM generate_series(1, 50000) AS i`);
}

const IDS = [
  incompressible(2_000, 7),
  'z'.repeat(100_000),
  '',
  'a:b/c%2F',
  'new\nline',
  ' ',
  '..',
  '__proto__',
  'constructor',
  '?#&=',
  '<script>alert(1)</script>',
  '\u202eevil',
  '9'.repeat(400),
];
export const QUEUES = [
  incompressible(2_000, 9),
  'q'.repeat(50_000),
  '{tag}',
  '<script>alert(1)</script>',
  '..',
  '?#&',
  '__proto__',
  ' ',
  'new\nline',
  '\u202eueueq',
  "'; DROP TABLE job; --",
  '',
];

export async function seedNames(ground: PostgresGround): Promise<void> {
  const states = ['waiting', 'failed', 'completed', 'active'];
  for (const [i, id] of IDS.entries()) await ground.put('odd-ids', states[i % 4] ?? 'waiting', id);
  for (const queue of QUEUES) {
    await ground.put(queue, 'waiting', '1');
    await ground.put(queue, 'failed', incompressible(600, 11), { failed_reason: 'boom' });
  }
  for (const [i, name] of ['', 'n'.repeat(400), '\u202e\u2066name', '<img src=x onerror=alert(1)>'].entries())
    await ground.put('odd-job-names', 'failed', `failed-${i}`, { name, failed_reason: name });
}

export async function seedEvents(ground: PostgresGround): Promise<void> {
  const queue = 'odd-events';
  await ground.put(queue, 'waiting', '1');
  await ground.put(queue, 'failed', '2', { failed_reason: 'boom' });
  for (const [event, data] of [
    ['waiting', '{}'],
    ['waiting', 'null'],
    ['waiting', '[1]'],
    ['waiting', '"text"'],
    ['waiting', '{"jobId":7}'],
    ['waiting', '{"jobId":{"a":1}}'],
    ['waiting', '{"jobId":null}'],
    ['', '{"jobId":"1"}'],
    ['no-such-event', '{"jobId":"1"}'],
    ['__proto__', '{"jobId":"__proto__"}'],
    ['failed', '{"jobId":"1","failedReason":{"a":1},"prev":7}'],
    ['completed', '{"jobId":"2","returnvalue":[[]]}'],
    ['delayed', '{"jobId":"1","delay":"soon"}'],
    ['delayed', '{"jobId":"1","delay":1e300}'],
    ['progress', `{"jobId":"1","data":${nested(3_000)}}`],
    ['removed', '{"jobId":"never-was"}'],
    ['waiting', JSON.stringify({ jobId: incompressible(4_096, 13) })],
    ['completed', JSON.stringify({ jobId: '2', returnvalue: 'r'.repeat(2_000_000) })],
    ['n'.repeat(100_000), '{"jobId":"1"}'],
  ] as const)
    await ground.tell(queue, event, data);
  for (const at of [MAX_BIGINT, MIN_BIGINT])
    await ground.query(
      `INSERT INTO bullmq.event (queue, event, data, created_at_ms) VALUES ($1, 'waiting', '{"jobId":"1"}', ${at})`,
      [queue],
    );
  await ground.put(queue, 'failed', 'after-the-odd-ones', { failed_reason: 'boom' });
}
