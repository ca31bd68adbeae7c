import { COUNT_METRICS, type CountMetric } from '@/lib/contracts/metric-names';
import type { Queries } from '@/lib/store/queries';
import { COLUMN } from './buckets';
import { Sketch } from './sketch';

/** Figures of one bucket of a period, or of several merged. */
export interface Figures {
  counts: Record<CountMetric, number>;
  wait: Sketch | null;
  run: Sketch | null;
}

export interface Gauges {
  backlog: number | null;
  active: number | null;
  delayed: number | null;
  slots: number | null;
  busy: number | null;
  workers: number | null;
  oldestWait: number | null;
}

export interface Span {
  level: number;
  fromMs: number;
  toMs: number;
  stepMs: number;
}

interface FigureRow extends Record<string, unknown> {
  scope_id: number;
  step: number;
  wait: Buffer[] | null;
  run: Buffer[] | null;
}

export const noFigures = (): Figures => ({
  counts: Object.fromEntries(COUNT_METRICS.map((metric) => [metric, 0])) as Record<CountMetric, number>,
  wait: null,
  run: null,
});

/** Per scope, the steps in which anything happened, by their number from the beginning of the span. */
export async function readFigures(
  store: Queries,
  scopes: readonly number[],
  { level, fromMs, toMs, stepMs }: Span,
  withTimes = true,
): Promise<Map<number, Map<number, Figures>>> {
  const sums = COUNT_METRICS.map((metric) => `sum(${COLUMN[metric]})::float8 AS ${COLUMN[metric]}`).join(', ');
  const times = ['wait', 'run'].map((name) => `array_agg(${name}) FILTER (WHERE ${name} IS NOT NULL) AS ${name}`);
  const rows = await store.query<FigureRow>(
    `SELECT scope_id, floor((extract(epoch FROM at) * 1000 - $3) / $5)::int AS step, ${sums}${withTimes ? `, ${times.join(', ')}` : ''}
       FROM queuedeck.figure WHERE level = $1 AND scope_id = ANY($2::int[])
        AND at >= to_timestamp($3::float8 / 1000) AND at < to_timestamp($4::float8 / 1000) GROUP BY 1, 2`,
    [level, scopes, fromMs, toMs, stepMs],
  );
  const byScope = new Map<number, Map<number, Figures>>();
  for (const row of rows) {
    const steps = byScope.get(row.scope_id) ?? new Map<number, Figures>();
    byScope.set(row.scope_id, steps);
    const figures = noFigures();
    for (const metric of COUNT_METRICS) figures.counts[metric] = Number(row[COLUMN[metric]]);
    figures.wait = mergeAll(row.wait);
    figures.run = mergeAll(row.run);
    steps.set(row.step, figures);
  }
  return byScope;
}

/** One count of each scope: how many in each step in which there were any, by its number from the beginning of the span. */
export async function readCounts(
  store: Queries,
  scopes: readonly number[],
  { level, fromMs, toMs, stepMs }: Span,
  metric: CountMetric,
): Promise<Map<number, Record<number, number>>> {
  const rows = await store.query<{ scope_id: number; steps: Record<number, number> }>(
    `SELECT scope_id, json_object_agg(step, n) AS steps FROM (
       SELECT scope_id, floor((extract(epoch FROM at) * 1000 - $3) / $5)::int AS step, sum(${COLUMN[metric]})::float8 AS n
         FROM queuedeck.figure WHERE level = $1 AND scope_id = ANY($2::int[])
          AND at >= to_timestamp($3::float8 / 1000) AND at < to_timestamp($4::float8 / 1000) GROUP BY 1, 2) AS f
      WHERE n > 0 GROUP BY 1`,
    [level, scopes, fromMs, toMs, stepMs],
  );
  return new Map(rows.map(({ scope_id, steps }) => [scope_id, steps]));
}

/** Adds `other` to `into`. */
export function mergeFigures(into: Figures, other: Figures): void {
  for (const metric of COUNT_METRICS) into.counts[metric] += other.counts[metric];
  for (const name of ['wait', 'run'] as const) {
    const sketch = other[name];
    if (!sketch) continue;
    into[name] ??= new Sketch();
    into[name]?.merge(sketch);
  }
}

function mergeAll(encoded: Buffer[] | null | undefined): Sketch | null {
  if (!encoded || encoded.length === 0) return null;
  const merged = new Sketch();
  for (const one of encoded) merged.merge(Sketch.decode(one));
  return merged;
}

/** Per scope and step the mean of the samples; `oldestWait` the greatest. */
export async function readGauges(
  store: Queries,
  scopes: readonly number[],
  { level, fromMs, toMs, stepMs }: Span,
): Promise<Map<number, Map<number, Gauges>>> {
  const means = ['backlog', 'active', 'delayed', 'slots', 'busy', 'workers'].map(
    (name) =>
      `(sum(${name} * samples) / nullif(sum(samples) FILTER (WHERE ${name} IS NOT NULL), 0))::float8 AS ${name}`,
  );
  const rows = await store.query<Gauges & { scope_id: number; step: number }>(
    `SELECT scope_id, floor((extract(epoch FROM at) * 1000 - $3) / $5)::int AS step, ${means.join(', ')}, max(oldest_wait_ms)::float8 AS "oldestWait"
       FROM queuedeck.gauge WHERE level = $1 AND scope_id = ANY($2::int[])
        AND at >= to_timestamp($3::float8 / 1000) AND at < to_timestamp($4::float8 / 1000) GROUP BY 1, 2`,
    [level, scopes, fromMs, toMs, stepMs],
  );
  const byScope = new Map<number, Map<number, Gauges>>();
  for (const { scope_id, step, ...gauges } of rows) {
    const steps = byScope.get(scope_id) ?? new Map<number, Gauges>();
    byScope.set(scope_id, steps.set(step, gauges));
  }
  return byScope;
}
