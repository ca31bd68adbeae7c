import type { QueueBackend } from '@/lib/backends/backend';
import { joinWorkers, type StaffedFigures } from '@/lib/queues/join-workers';
import { Scopes } from '@/lib/store/history/scopes';
import type { Store } from '@/lib/store/store';
import type { KnownWorkers } from './known-workers';

/** With more queues than this, those in which nothing is and nobody works are not sampled. */
const MOST_IDLE = 500;

interface Gauge {
  scope: number;
  backlog: number | null;
  active: number | null;
  delayed: number | null;
  slots: number | null;
  busy: number | null;
  workers: number | null;
  oldestWait: number | null;
}

/** One sample of a source and of each of its queues, for the minute that begins now. A second one of the same minute changes nothing. */
export async function sampleGauges(store: Store, backend: QueueBackend, known: KnownWorkers): Promise<void> {
  const { at, queues: read } = await backend.snapshot();
  const all = joinWorkers(backend.name, read, known.list);
  const queues = all.length > MOST_IDLE ? all.filter(isUsed) : all;
  const scopes = new Scopes(store, backend.name);
  await scopes.prepare(queues.map(({ name }) => ({ queue: name, name: '' })));
  const gauges = queues.map((queue) => toGauge(scopes.of(queue.name, '').queue, queue));
  const ofSource = queues[0] && scopes.of(queues[0].name, '').source;
  if (ofSource !== undefined) gauges.push(sumUp(ofSource, gauges, known));
  await write(store, Math.round(at / 60_000) * 60_000, gauges);
}

function toGauge(scope: number, { counts, oldestWaitingMs, slots, busy, workers }: StaffedFigures): Gauge {
  return {
    scope,
    backlog: add(counts.waiting ?? null, counts.prioritized ?? null),
    active: counts.active ?? null,
    delayed: counts.delayed ?? null,
    slots,
    busy,
    workers,
    oldestWait: oldestWaitingMs,
  };
}

function isUsed({ counts, workers }: StaffedFigures): boolean {
  return workers !== 0 || [counts.waiting, counts.prioritized, counts.active, counts.delayed].some((n) => n !== 0);
}

/** A worker of several queues counts once. */
function sumUp(scope: number, gauges: readonly Gauge[], known: KnownWorkers): Gauge {
  const sum = (key: 'backlog' | 'active' | 'delayed' | 'slots' | 'busy') =>
    gauges.reduce<number | null>((total, gauge) => add(total, gauge[key]), null);
  const oldest = gauges.flatMap(({ oldestWait }) => oldestWait ?? []);
  return {
    scope,
    backlog: sum('backlog'),
    active: sum('active'),
    delayed: sum('delayed'),
    slots: sum('slots'),
    busy: sum('busy'),
    workers: known.list?.filter(({ status }) => status !== 'lost').length ?? null,
    oldestWait: oldest.length > 0 ? oldest.reduce((a, b) => Math.max(a, b)) : null,
  };
}

const add = (a: number | null, b: number | null): number | null =>
  a === null && b === null ? null : (a ?? 0) + (b ?? 0);

const NAMES = ['backlog', 'active', 'delayed', 'slots', 'busy', 'workers'] as const;
const mean = (name: string) =>
  `${name} = CASE WHEN g.${name} IS NULL THEN excluded.${name} WHEN excluded.${name} IS NULL THEN g.${name}
     ELSE (g.${name} * g.samples + excluded.${name}) / (g.samples + 1) END`;

async function write(store: Store, minute: number, gauges: readonly Gauge[]): Promise<void> {
  await store.query(
    `WITH given AS (
       SELECT * FROM unnest($2::int[], $3::real[], $4::real[], $5::real[], $6::real[], $7::real[], $8::real[], $9::bigint[])
         AS r(scope_id, ${NAMES.join(', ')}, oldest_wait_ms)
     ), fresh AS (
       INSERT INTO queuedeck.gauge (level, scope_id, at, samples, ${NAMES.join(', ')}, oldest_wait_ms)
       SELECT 0, scope_id, to_timestamp($1::float8 / 1000), 1, ${NAMES.join(', ')}, oldest_wait_ms FROM given
       ON CONFLICT DO NOTHING RETURNING scope_id
     )
     INSERT INTO queuedeck.gauge AS g (level, scope_id, at, samples, ${NAMES.join(', ')}, oldest_wait_ms)
     SELECT l.level, r.scope_id, date_bin(l.width, to_timestamp($1::float8 / 1000), 'epoch'), 1, ${NAMES.map((n) => `r.${n}`).join(', ')}, r.oldest_wait_ms
       FROM given r JOIN fresh USING (scope_id)
      CROSS JOIN (VALUES (1::smallint, interval '10 minutes'), (2::smallint, interval '1 day')) AS l(level, width)
     ON CONFLICT (level, scope_id, at) DO UPDATE SET ${NAMES.map(mean).join(', ')},
       samples = g.samples + 1, oldest_wait_ms = greatest(g.oldest_wait_ms, excluded.oldest_wait_ms)`,
    [
      minute,
      gauges.map(({ scope }) => scope),
      ...NAMES.map((name) => gauges.map((gauge) => gauge[name])),
      gauges.map(({ oldestWait }) => (oldestWait === null ? null : Math.round(oldestWait))),
    ],
  );
}
