import { fitSchema, type Making } from './fitting';

/** Bodies that a schema alone does not tell how to make so that they are taken. */
const MADE: Record<string, (making: Making) => unknown> = {
  'job.add': ({ random }) =>
    random.chance(0.5) ? newJob(random.below(1_000)) : [newJob(random.below(1_000)), { name: 'second' }, { nome: 1 }],
  'job.retry': ({ random }) => random.pick<unknown>([{}, { resetAttempts: true }, { data: { a: '\u0001' } }]),
  'job.edit': ({ random }) => random.pick<unknown>([{ text: '{"big":12345678901234567890}' }, { data: [1, 'x'] }]),
  'job.progress': ({ random }) => ({
    progress: random.pick<unknown>([0, 50, 'half', { done: 1, total: 2 }, [1], true]),
  }),
  'failure.mute': ({ random }) =>
    random.chance(0.5) ? { failures: 10 } : { until: new Date(Date.now() + 3_600_000).toISOString() },
  'deploy.add': ({ random }) => ({ version: `1.${random.below(50)}.0` }),
  'flow.add': ({ place, random }) => ({
    source: place.source,
    flow: {
      queue: place.queue.slice(0, 400).replaceAll('\u0000', '') || 'any',
      name: 'parent',
      children: Array.from({ length: random.between(0, 3) }, () => ({ queue: 'any-children', name: 'child' })),
    },
  }),
  'scheduler.put': ({ random }) => ({
    ...random.pick<object>([
      { everyMs: 3_600_000 },
      { pattern: '0 3 * * *' },
      { pattern: '0 4 * * 1', tz: 'Asia/Tokyo' },
    ]),
    template: { name: 'planned', data: { n: 1 } },
  }),
  'scheduler.preview': ({ random }) =>
    random.pick<object>([{ everyMs: 60_000 }, { pattern: '0 3 * * *' }, { pattern: 'x' }]),
  'operation.preview': (making) => ({ filter: filterOf(making), action: actionOf(making) }),
  'operation.create': (making) => ({ filter: filterOf(making), action: actionOf(making), reason: 'any input' }),
  'task.run': () => ({ input: { to: 'ada@example.com', name: 'Ada Lovelace' }, options: { delayMs: 3_600_000 } }),
  'view.create': ({ random }) => ({ name: `view ${random.below(100)}`, q: 'state:failed' }),
  'view.replace': ({ random }) => ({ name: `view ${random.below(100)}`, q: 'state:completed', shared: true }),
};

const newJob = (n: number) => ({ name: 'mail', data: { n, text: 'x\u0000y' }, options: { delayMs: 3_600_000 } });

function filterOf({ place, random }: Making): object {
  const of = { source: place.source, queue: place.queue };
  // One job mostly: what many of them cost is not asked here.
  if (random.chance(0.7)) return { ...of, ids: [random.pick(place.jobs)] };
  return random.pick<object>([
    { ...of, states: ['failed'] },
    { ...of, states: ['waiting', 'delayed'], names: ['mail'] },
    { ...of, states: ['completed'], data: [{ path: 'to', value: 'ada@example.com' }] },
  ]);
}

const actionOf = ({ random, world, place }: Making): object =>
  random.pick<object>([
    { kind: 'retry' },
    { kind: 'remove' },
    { kind: 'promote' },
    { kind: 'duplicate' },
    { kind: 'edit-and-retry', patch: { a: null, b: { c: 1 } } },
    { kind: 'move', toQueue: random.pick(world.scraps.filter(({ source }) => source === place.source)).queue },
  ]);

/** A body that should be taken; undefined = none. */
export function makeBody(making: Making): unknown {
  const { operation } = making;
  if (!operation.body) return undefined;
  if (!operation.needsBody && making.random.chance(0.3)) return undefined;
  return MADE[operation.id]?.(making) ?? fitSchema(operation.body, making);
}

/** A file that should be taken. */
export function makeFile({ random }: Making): { type: string; text: string } {
  const rows = Array.from({ length: random.between(1, 5) }, (_, i) => `ada${i}@example.com`);
  const options = { options: { delayMs: 3_600_000 } };
  if (random.chance(0.5))
    return {
      type: 'application/x-ndjson',
      text: rows.map((to) => JSON.stringify({ input: { to, name: 'Ada' }, ...options })).join('\n'),
    };
  return { type: 'text/csv', text: `to,name,options.delayMs\n${rows.map((to) => `${to},Ada,3600000`).join('\n')}` };
}
