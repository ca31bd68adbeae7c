import type { PostgresGround } from './ground';

const DEEP = 500;

/** Flows that lead back into themselves, are too deep, or lead to what is not there. */
export async function seedFlows(ground: PostgresGround): Promise<void> {
  const queue = 'odd-flows';
  const place = await ground.queue(queue);
  for (const [parent, child] of [
    ['own-parent', 'own-parent'],
    ['ring-a', 'ring-b'],
    ['ring-b', 'ring-a'],
    ['over-ring', 'ring-c'],
    ['ring-c', 'ring-d'],
    ['ring-d', 'ring-c'],
  ] as const)
    await link(ground, queue, parent, child);
  const dense = Array.from({ length: 20 }, (_, i) => `dense-${i}`);
  for (const parent of dense) for (const child of dense) if (parent !== child) await link(ground, queue, parent, child);
  for (let i = 0; i < DEEP; i += 1) await link(ground, queue, `deep-${i}`, `deep-${i + 1}`);
  place.jobs = place.jobs.filter((id) => !/^deep-\d{2}|^dense-[3-9]|^dense-1\d/.test(id)).concat(`deep-${DEEP}`);
  await ground.put(queue, 'waiting', 'child-of-missing', {
    parent_queue: 'no-such-queue',
    parent_id: '1',
    parent_key: 'x',
  });
  await ground.put(queue, 'waiting', 'child-of-half', { parent_queue: null, parent_id: '1', parent_key: ':::' });
  await ground.put(queue, 'waiting-children', 'parent-of-missing');
  await depend(ground, queue, 'parent-of-missing', 'never-was');
}

/** `child` hangs on `parent`; both are there afterwards. */
async function link(ground: PostgresGround, queue: string, parent: string, child: string): Promise<void> {
  const place = await ground.queue(queue);
  for (const id of new Set([parent, child]))
    if (!place.jobs.includes(id)) await ground.put(queue, 'waiting-children', id);
  await ground.query(
    'UPDATE bullmq.job SET parent_queue = $1, parent_id = $2, parent_key = $3 WHERE queue = $1 AND id = $4',
    [queue, parent, `${queue}:${parent}`, child],
  );
  await depend(ground, queue, parent, child);
}

async function depend(ground: PostgresGround, queue: string, parent: string, child: string): Promise<void> {
  await ground.query(
    `INSERT INTO bullmq.job_dependency (parent_queue, parent_id, child_queue, child_id, child_key) VALUES ($1, $2, $1, $3, $4)
     ON CONFLICT DO NOTHING`,
    [queue, parent, child, `${queue}:${child}`],
  );
}

const HOUR_MS = 3_600_000;

/** Schedulers that plan nothing that could be, and settings that are none. */
export async function seedSchedulers(ground: PostgresGround): Promise<void> {
  const queue = 'odd-schedulers';
  const place = await ground.queue(queue);
  const rows: [id: string, columns: Record<string, unknown>][] = [
    ['cron-nonsense', { pattern: 'every blue moon' }],
    ['cron-huge', { pattern: '*/1,'.repeat(20_000) }],
    ['cron-never', { pattern: '0 0 0 31 2 *' }],
    ['every-zero', { every_ms: 0 }],
    ['every-negative', { every_ms: -1 }],
    ['every-largest', { every_ms: '9223372036854775807', next_run_ms: '9223372036854775807' }],
    ['next-smallest', { every_ms: 1, next_run_ms: '-9223372036854775808' }],
    ['both-given', { every_ms: HOUR_MS, pattern: '* * * * *' }],
    ['none-given', {}],
    ['template-types', { every_ms: HOUR_MS, template_data: '7', template_opts: '[1]' }],
    ['template-nested', { every_ms: HOUR_MS, template_data: `${'['.repeat(5_000)}${']'.repeat(5_000)}` }],
    ['template-5mb', { every_ms: HOUR_MS, template_data: JSON.stringify('x'.repeat(5_242_880)) }],
    ['tz-nonsense', { pattern: '0 0 * * *', tz: 'Mars/Olympus' }],
    ['times-nonsense', { every_ms: HOUR_MS, start_date_ms: '9223372036854775807', end_date_ms: -1, limit_count: -1 }],
    ['', { every_ms: HOUR_MS }],
    ['a:b/c%', { every_ms: HOUR_MS, name: null }],
  ];
  for (const [id, columns] of rows) {
    place.schedulers.push(id);
    const row: Record<string, unknown> = {
      queue,
      scheduler_id: id,
      name: 'x',
      next_run_ms: Date.now() + HOUR_MS,
      ...columns,
    };
    const places = Object.keys(row).map((_, i) => `$${i + 1}`);
    await ground.query(
      `INSERT INTO bullmq.scheduler (${Object.keys(row).join(', ')}) VALUES (${places.join(', ')})`,
      Object.values(row),
    );
  }
  await ground.put('odd-meta', 'waiting', '1');
  await ground.query(
    `INSERT INTO bullmq.meta (queue, field, value) VALUES ('odd-meta', 'concurrency', 'many'), ('odd-meta', 'max', '-1'), ('odd-meta', 'duration', ''),
       ('odd-meta', 'paused', NULL), ('odd-meta', '', 'x'), ('odd-meta', 'version', repeat('v', 100000))`,
  );
  await ground.query(`UPDATE bullmq.meta SET value = 'all' WHERE queue = 'odd-meta' AND field = 'opts.maxLenEvents'`);
}
