import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import type { QueueFigures } from '@/lib/contracts/queues';
import { readCumulative } from '@/lib/metrics/cumulative';
import { SharedReads } from '@/lib/metrics/shared';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import type { Sketch } from '@/lib/store/figures/sketch';
import type { Reader } from '@/lib/store/lanes/reader';
import type { Queries } from '@/lib/store/queries';
import { LAG_MS } from '@/lib/store/recording/lag';
import { countSetAside } from '@/lib/store/recording/set-aside';
import { inTurn } from '@/lib/turns';
import { type Ask, query } from '@/lib/verbs';

/** Labels are bounded: the busiest queues of all sources; how many are left out is a figure too. */
const MOST_QUEUES = 500;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];
const shared = new SharedReads(5_000);

const own = new Registry();
collectDefaultMetrics({ register: own, prefix: 'queuedeck_' });

/** Text of Prometheus' exposition format; one read for all scrapers within five seconds. */
export const exposeMetrics = query('metric.prometheus', async (ask) => {
  const text = await shared.read('all', ask.signal, (signal) => collect({ ...ask, signal }));
  return new Response(text, { headers: { 'content-type': own.contentType, 'cache-control': 'no-store' } });
});

async function collect(ask: Ask): Promise<string> {
  const register = new Registry();
  const recorded = inTurn(ask, 'figures', (reader) =>
    Promise.all([addHistory(ask, reader, register), addRecorders(ask, reader, register)]),
  );
  await Promise.all([recorded, addLive(ask, register)]);
  return `${await register.metrics()}\n${await own.metrics()}`;
}

const QUEUE = ['source', 'queue'] as const;

async function addHistory(ask: Ask, reader: Reader, register: Registry): Promise<void> {
  const { queues, omitted } = await readCumulative(ask, reader, MOST_QUEUES);
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: QUEUE, registers: [register] });
  const counters = {
    added: counter('queuedeck_jobs_added_total', 'Jobs that were added.'),
    started: counter('queuedeck_attempts_started_total', 'Attempts that began.'),
    completed: counter('queuedeck_jobs_completed_total', 'Jobs that completed.'),
    failed: counter('queuedeck_jobs_failed_total', 'Jobs that failed for good.'),
    failedAttempts: counter('queuedeck_attempts_failed_total', 'Attempts that failed.'),
    retried: counter('queuedeck_jobs_retried_total', 'Jobs that were retried by hand after their end.'),
    cancelled: counter('queuedeck_jobs_cancelled_total', 'Jobs that were cancelled.'),
    stalled: counter('queuedeck_jobs_stalled_total', 'Times that a job stalled.'),
    unseen: counter('queuedeck_jobs_unseen_total', 'Jobs that ended without being seen.'),
  };
  for (const { source, queue, figures } of queues)
    for (const [name, one] of Object.entries(counters))
      one.inc({ source, queue }, figures.counts[name as keyof typeof counters]);
  const rows = (name: 'wait' | 'run') =>
    queues.flatMap(({ source, queue, figures }) => (figures[name] ? [{ source, queue, sketch: figures[name] }] : []));
  addHistogram(register, 'queuedeck_job_wait_seconds', 'How long jobs waited for each attempt.', rows('wait'));
  addHistogram(register, 'queuedeck_job_run_seconds', 'How long attempts ran.', rows('run'));
  new Gauge({
    name: 'queuedeck_queues_omitted',
    help: 'Queues that are not exposed, beyond the bound of label sets.',
    registers: [register],
  }).set(omitted);
}

/** A histogram of which the counts are known already. */
function addHistogram(
  register: Registry,
  name: string,
  help: string,
  rows: { source: string; queue: string; sketch: Sketch }[],
) {
  const values = rows.flatMap(({ source, queue, sketch }) => [
    ...SECONDS.map((le) => ({
      metricName: `${name}_bucket`,
      labels: { source, queue, le },
      value: sketch.countUpTo(le * 1000),
    })),
    { metricName: `${name}_bucket`, labels: { source, queue, le: '+Inf' }, value: sketch.count },
    { metricName: `${name}_sum`, labels: { source, queue }, value: sketch.sum / 1000 },
    { metricName: `${name}_count`, labels: { source, queue }, value: sketch.count },
  ]);
  const metric = { name, get: async () => ({ name, help, type: 'histogram', values, aggregator: 'sum' }) };
  register.registerMetric(metric as unknown as Metric);
}

async function addLive(ask: Ask, register: Registry): Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: QUEUE, registers: [register] });
  const gauges: [Gauge<'source' | 'queue'>, (queue: QueueFigures) => number | null | undefined][] = [
    [
      gauge('queuedeck_queue_backlog', 'Jobs that could be taken now.'),
      ({ counts: { waiting, prioritized } }) =>
        waiting == null && prioritized == null ? null : (waiting ?? 0) + (prioritized ?? 0),
    ],
    [gauge('queuedeck_queue_active', 'Jobs that run.'), (q) => q.counts.active],
    [gauge('queuedeck_queue_delayed', 'Jobs that wait for their time.'), (q) => q.counts.delayed],
    [gauge('queuedeck_queue_failed', 'Failed jobs that the broker keeps.'), (q) => q.counts.failed],
    [
      gauge('queuedeck_queue_oldest_wait_seconds', 'How long the oldest job waits.'),
      (q) => (q.oldestWaitingMs === null ? null : q.oldestWaitingMs / 1000),
    ],
    [gauge('queuedeck_queue_paused', '1 while the queue is paused.'), (q) => (q.paused ? 1 : 0)],
    [gauge('queuedeck_queue_workers', 'Workers of the queue.'), (q) => q.workers],
    [gauge('queuedeck_queue_slots', 'Jobs that its workers can run at once.'), (q) => q.slots],
    [gauge('queuedeck_queue_slots_busy', 'Slots in which a job runs.'), (q) => q.busy],
  ];
  const health = new Gauge({
    name: 'queuedeck_queue_health',
    help: '1 for what the queue is: paused, failing, stuck, unclear, moving, idle or empty.',
    labelNames: [...QUEUE, 'health'],
    registers: [register],
  });
  const up = new Gauge({
    name: 'queuedeck_source_up',
    help: '1 while the broker answers.',
    labelNames: ['source'],
    registers: [register],
  });
  const commands = new Counter({
    name: 'queuedeck_broker_commands_total',
    help: 'Commands that this process sent to the broker.',
    labelNames: ['source'],
    registers: [register],
  });
  const bytes = new Counter({
    name: 'queuedeck_broker_bytes_total',
    help: 'Bytes between this process and the broker.',
    labelNames: ['source'],
    registers: [register],
  });
  await Promise.all(
    [...ask.sources].map(async ([source, { backend }]) => {
      const { status, queues } = await sharedSnapshot(backend).figures();
      up.set({ source }, status === 'up' ? 1 : 0);
      const cost = backend.cost?.();
      if (cost) {
        commands.inc({ source }, cost.commands);
        bytes.inc({ source }, cost.bytes);
      }
      const busiest = [...queues].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, MOST_QUEUES);
      for (const queue of busiest) health.set({ source, queue: queue.name, health: queue.health }, 1);
      for (const queue of busiest)
        for (const [one, read] of gauges) {
          const value = read(queue);
          if (value !== null && value !== undefined) one.set({ source, queue: queue.name }, value);
        }
    }),
  );
}

const sizeOf = ({ counts }: QueueFigures) => (counts.waiting ?? 0) + (counts.active ?? 0) + (counts.prioritized ?? 0);

async function addRecorders(ask: Ask, reader: Queries, register: Registry): Promise<void> {
  const lag = new Gauge({
    name: 'queuedeck_recorder_lag_seconds',
    help: 'How far the record is behind the broker.',
    labelNames: ['source'],
    registers: [register],
  });
  const rates = new Gauge({
    name: 'queuedeck_recorder_broker_commands_per_second',
    help: 'Commands that recording costs the broker, over the last minute.',
    labelNames: ['source'],
    registers: [register],
  });
  const rows = await reader.query<{ source: string; lag: number; commands: number | null }>(
    `SELECT source, ${LAG_MS} / 1000 AS lag, (cost->>'commandsPerSecond')::float8 AS commands
       FROM queuedeck.recorder WHERE source = ANY($1::text[]) AND cursor IS NOT NULL`,
    [[...ask.sources.keys()]],
  );
  const aside = new Gauge({
    name: 'queuedeck_record_set_aside',
    help: 'Jobs and queues that could not be recorded and were set aside, within the last 24 hours.',
    labelNames: ['source'],
    registers: [register],
  });
  const counts = await countSetAside(reader, [...ask.sources.keys()]);
  for (const source of ask.sources.keys()) aside.set({ source }, counts.get(source) ?? 0);
  for (const row of rows) {
    lag.set({ source: row.source }, row.lag);
    if (row.commands !== null) rates.set({ source: row.source }, row.commands);
  }
}
