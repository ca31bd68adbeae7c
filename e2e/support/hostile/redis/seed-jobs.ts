import { COMPLETED, FAILED, NOW, type RedisGround } from './ground';

const TIMES: Record<string, string | number> = {
  nanoseconds: `${NOW}000000`,
  microseconds: `${NOW}000`,
  'year-300000': 9_404_000_000_000_000,
  negative: -62_135_596_800_001,
  nan: 'NaN',
  infinity: 'inf',
  empty: '',
  text: 'yesterday',
  iso: new Date(NOW).toISOString(),
  exponent: '1e300',
  hex: '0x10',
};
const COUNTS = ['2147483648', '99999999999999999999', '-5', 'many', '', '1.5', 'NaN'];

/** Times and counts that are none, in every state that shows them. */
export async function seedTimes(ground: RedisGround): Promise<void> {
  for (const [kind, at] of Object.entries(TIMES)) {
    await ground.put('odd-times', 'wait', `waits-${kind}`, { timestamp: at });
    await ground.put('odd-times', 'active', `runs-${kind}`, { timestamp: at, processedOn: at, ats: 1 });
    const ended = { timestamp: at, processedOn: at, finishedOn: at };
    await ground.put('odd-times', 'failed', `failed-${kind}`, { ...FAILED, ...ended });
    await ground.put('odd-times', 'completed', `done-${kind}`, { ...COMPLETED, ...ended });
    await ground.put('odd-times', 'delayed', `later-${kind}`, { timestamp: at, delay: at });
  }
  for (const [i, score] of ['inf', '-inf', '1e308', '-1', '0'].entries())
    for (const structure of ['delayed', 'prioritized', 'completed', 'failed', 'waiting-children'] as const) {
      const id = `score-${structure}-${i}`;
      await ground.put('odd-scores', structure, id, structure === 'failed' ? FAILED : {});
      await ground.call('ZADD', ground.key('odd-scores', structure), score, id);
    }
  for (const [i, count] of COUNTS.entries()) {
    const counts = { ats: count, atm: count, stc: count, priority: count, delay: count };
    await ground.put('odd-counts', 'failed', `failed-${i}`, { ...FAILED, ...counts });
    await ground.put('odd-counts', 'completed', `done-${i}`, { ...COMPLETED, ...counts });
    await ground.put('odd-counts', 'wait', `waits-${i}`, { ...counts, opts: `{"attempts":${count || '""'}}` });
  }
}

const NESTED = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const NESTED_OBJECTS = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
const MEGABYTE = 1_048_576;

/** Payloads that are no JSON, too deep, too big, of other types. */
export async function seedPayloads(ground: RedisGround): Promise<void> {
  const queue = 'odd-payloads';
  const texts: Record<string, string> = {
    nested: NESTED,
    'nested-objects': NESTED_OBJECTS,
    'no-json': 'not {json',
    null: 'null',
    array: '[1,[2,[3]]]',
    string: '"text"',
    number: '1e999',
    empty: '',
    'lone-surrogate': '{"a":"\\ud800"}',
    nul: '{"a":"\\u0000","b\\u0000":1}',
    proto: '{"__proto__":{"x":1},"constructor":1,"toString":null,"hasOwnProperty":0}',
    'same-key': '{"a":1,"a":2}',
    'many-keys': JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]))),
  };
  for (const [kind, text] of Object.entries(texts)) {
    await ground.put(queue, 'wait', `data-${kind}`, { data: text });
    await ground.put(queue, 'wait', `opts-${kind}`, { opts: text });
    await ground.put(queue, 'completed', `result-${kind}`, { ...COMPLETED, returnvalue: text });
    await ground.put(queue, 'failed', `stack-${kind}`, { ...FAILED, stacktrace: text, failedReason: text });
    await ground.put(queue, 'active', `progress-${kind}`, { progress: text, ats: 1, processedOn: NOW });
  }
  const bytes = Buffer.from([0x22, 0xff, 0xfe, 0x80, 0x00, 0x22]);
  const all = { name: bytes, data: bytes, opts: bytes, returnvalue: bytes, failedReason: bytes, stacktrace: bytes };
  await ground.put(queue, 'failed', 'bytes', { ...FAILED, ...all });
  await ground.put(queue, 'completed', 'fields', { ...COMPLETED, ...manyFields() });
  await seedBare(ground, queue);
  await seedBig(ground);
}

const manyFields = () => Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`field-${i}`, 'x'.repeat(50)]));

/** Jobs of which next to nothing is there. */
async function seedBare(ground: RedisGround, queue: string): Promise<void> {
  const place = await ground.queue(queue);
  for (const [id, ...fields] of [
    ['bare-timestamp', 'timestamp', NOW],
    ['bare-name', 'name', 'only'],
    ['bare-other', 'x', 'y'],
  ] as const) {
    place.jobs.push(id);
    await ground.call('HSET', ground.key(queue, id), ...fields);
    await ground.enlist(queue, 'wait', id);
  }
}

async function seedBig(ground: RedisGround): Promise<void> {
  const queue = 'odd-big';
  const big = `"${'x'.repeat(20 * MEGABYTE)}"`;
  await ground.put(queue, 'wait', 'data-20mb', { data: big });
  await ground.put(queue, 'completed', 'result-20mb', { ...COMPLETED, returnvalue: big });
  await ground.put(queue, 'wait', 'data-5mb', { data: `{"a":"${'y'.repeat(5 * MEGABYTE)}"}` });
  const text = 'e'.repeat(5 * MEGABYTE);
  await ground.put(queue, 'failed', 'error-5mb', { ...FAILED, failedReason: text, stacktrace: JSON.stringify([text]) });
  await ground.put(queue, 'wait', 'opts-5mb', { opts: `{"attempts":1,"x":"${text}"}` });
  await ground.put(queue, 'wait', 'name-5mb', { name: text });
  await ground.put(queue, 'active', 'progress-1mb', {
    progress: `"${'p'.repeat(MEGABYTE)}"`,
    ats: 1,
    processedOn: NOW,
  });
  await ground.put(queue, 'active', 'worker-1mb', { pb: 'w'.repeat(MEGABYTE), ats: 1, processedOn: NOW });
  await ground.put(queue, 'active', 'log-5mb', { ats: 1, processedOn: NOW });
  await ground.call('RPUSH', ground.key(queue, 'log-5mb:logs'), 'first', 'l'.repeat(5 * MEGABYTE), 'last');
  await ground.put(queue, 'active', 'log-lines', { ats: 1, processedOn: NOW });
  const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i}`);
  for (let i = 0; i < lines.length; i += 10_000)
    await ground.call('RPUSH', ground.key(queue, 'log-lines:logs'), ...lines.slice(i, i + 10_000));
  await ground.put(queue, 'active', 'log-bytes', { ats: 1, processedOn: NOW });
  await ground.call('RPUSH', ground.key(queue, 'log-bytes:logs'), Buffer.from([0xff, 0x00, 0xfe]), '', '\u202e');
}
