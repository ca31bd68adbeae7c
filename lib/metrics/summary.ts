import type { Summary } from '@/lib/contracts/metrics';
import { sourcesOf } from '@/lib/jobs/search/search';
import { readGaps, readKnownSince } from '@/lib/metrics/known';
import { countSteps, type Period, readPeriod } from '@/lib/metrics/period';
import { findParts, findScopes, type ScopeRow } from '@/lib/metrics/scopes';
import { addGauges, metricValue } from '@/lib/metrics/series';
import { SharedReads } from '@/lib/metrics/shared';
import { sumFigures, toPercentiles, toTotals } from '@/lib/metrics/totals';
import { readLag } from '@/lib/sources/read-lag';
import { type Figures, type Gauges, readFigures, readGauges } from '@/lib/store/figures/read-figures';
import type { Queries } from '@/lib/store/queries';
import { inTurn } from '@/lib/turns';
import { type Ask, query } from '@/lib/verbs';

const POINTS = 60;
const BEHIND_MS = 60_000;
const MOST_QUEUES = 500;
/** Of so many queues, the busiest, percentiles are told. */
const MOST_TIMED = 100;
const MOST_NAMES = 100;

const shared = new SharedReads(2_000);

/** One read for all who look at the same period within two seconds. */
export const readSummary = query('metric.summary', async (ask, { source, queue, from, to }) => {
  const period = readPeriod(from, to, undefined, POINTS);
  const key = JSON.stringify([source, queue, period.fromMs, Math.floor(period.toMs / 2_000), period.stepMs]);
  return shared.read(key, ask.signal, (signal) =>
    inTurn({ ...ask, signal }, 'figures', (reader) => summarise(ask, reader, { source, queue }, period)),
  );
});

type Of = { source: string | undefined; queue: string | undefined };

async function summarise(ask: Ask, store: Queries, of: Of, period: Period): Promise<Summary> {
  const lengthMs = period.toMs - period.fromMs;
  const before: Period = { ...period, fromMs: period.fromMs - lengthMs, toMs: period.fromMs };
  const scopes = await findScopes(ask, store, of);
  const ids = scopes.map(({ id }) => id);
  const sources = sourcesOf(ask, of.source);
  const [figures, gauges, earlier, gaugesBefore, knownSince, gaps, lagMs, queues, names] = await Promise.all([
    readFigures(store, ids, period),
    readGauges(store, ids, period),
    readFigures(store, ids, { ...before, stepMs: lengthMs }),
    readGauges(store, ids, before),
    readKnownSince(store, ids),
    readGaps(store, sources, of.queue ?? null, period.fromMs, period.toMs),
    readLag(store, sources),
    readQueues(ask, store, of, period),
    of.queue === undefined ? [] : readNames(ask, store, of, period),
  ]);
  const minutesOf = ({ fromMs, toMs }: Period) =>
    knownSince === null ? 0 : Math.max(0, toMs - Math.max(fromMs, knownSince)) / 60_000;
  const steps = Array.from({ length: countSteps(period) }, (_, step) => step);
  const merged = steps.map((step) => sumFigures([...figures.values()].flatMap((one) => one.get(step) ?? [])));
  const isKnown = (step: number) => knownSince !== null && period.fromMs + (step + 1) * period.stepMs > knownSince;
  const line = (read: (one: Figures) => number | null) =>
    steps.map((step) => (isKnown(step) ? read(merged[step] as Figures) : null));
  const gauge = (name: 'backlog' | 'busy') => steps.map((step) => addGauges(at(gauges, step), name));
  const finished = ({ counts }: Figures) => counts.completed + counts.failed;
  return {
    from: new Date(period.fromMs).toISOString(),
    to: new Date(period.toMs).toISOString(),
    stepMs: period.stepMs,
    now: toTotals(sumFigures(merged), minutesOf(period)),
    before: toTotals(sumFigures([...earlier.values()].flatMap((one) => [...one.values()])), minutesOf(before)),
    lines: {
      finished: line(finished),
      failureRate: line((one) => (finished(one) === 0 ? null : one.counts.failed / finished(one))),
      waitP95: line((one) => metricValue(one, 'waitP95')),
      runP95: line((one) => metricValue(one, 'runP95')),
      backlog: gauge('backlog'),
      busy: gauge('busy'),
    },
    backlogBefore: addGauges(at(gaugesBefore, countSteps(before) - 1), 'backlog'),
    queues: queues.map(({ total, added, ...one }) => ({
      ...one,
      addedPerMinute: minutesOf(period) > 0 ? added / minutesOf(period) : null,
      finished: one.finished.map((value, step) => (isKnown(step) ? value : null)),
      finishedPerMinute: minutesOf(period) > 0 ? total / minutesOf(period) : null,
    })),
    names,
    knownSince: knownSince === null ? null : new Date(knownSince).toISOString(),
    incomplete: lagMs === null || lagMs > BEHIND_MS || gaps.length > 0,
  };
}

const at = (gauges: Map<number, Map<number, Gauges>>, step: number): Gauges[] =>
  [...gauges.values()].flatMap((one) => one.get(step) ?? []);

/** The busiest first. */
async function readQueues(ask: Ask, store: Queries, of: Of, period: Period) {
  const scopes = (await findParts(ask, store, 'queue', of)).filter(
    ({ queue }) => of.queue === undefined || queue === of.queue,
  );
  const figures = await readFigures(
    store,
    scopes.map(({ id }) => id),
    period,
    false,
  );
  const steps = countSteps(period);
  const rows = scopes.flatMap((scope) => {
    const own = figures.get(scope.id);
    if (!own) return [];
    const finished = Array.from({ length: steps }, (_, step) => {
      const counts = own.get(step)?.counts;
      return counts ? counts.completed + counts.failed : 0;
    });
    const sum = (metric: 'failed' | 'added') => [...own.values()].reduce((n, { counts }) => n + counts[metric], 0);
    return [
      { scope, finished, failed: sum('failed'), added: sum('added'), total: finished.reduce((a, b) => a + b, 0) },
    ];
  });
  const busiest = rows.sort((a, b) => b.total - a.total).slice(0, MOST_QUEUES);
  const timed = await readWhole(
    store,
    busiest.slice(0, MOST_TIMED).map(({ scope }) => scope),
    period,
  );
  return busiest.map(({ scope, ...row }) => {
    const times = timed.get(scope.id);
    return {
      ...row,
      source: scope.source,
      queue: scope.queue ?? '',
      runP95: toPercentiles(times?.run ?? null)?.p95 ?? null,
      waitP95: toPercentiles(times?.wait ?? null)?.p95 ?? null,
    };
  });
}

async function readNames(ask: Ask, store: Queries, of: Of, period: Period): Promise<Summary['names']> {
  const scopes = (await findParts(ask, store, 'name', of)).filter(({ name }) => name !== '');
  const whole = await readWhole(store, scopes, period);
  const minutes = (period.toMs - period.fromMs) / 60_000;
  const rows = scopes.flatMap(({ id, name }) => {
    const figures = whole.get(id);
    return figures ? [{ name: name ?? '', totals: toTotals(figures, minutes) }] : [];
  });
  const finished = ({ totals }: (typeof rows)[number]) => totals.completed + totals.failed;
  return rows.sort((a, b) => finished(b) - finished(a)).slice(0, MOST_NAMES);
}

/** Each scope's figures over the whole period. */
async function readWhole(store: Queries, scopes: readonly ScopeRow[], period: Period): Promise<Map<number, Figures>> {
  const span = { ...period, stepMs: period.toMs - period.fromMs + 1 };
  const figures = await readFigures(
    store,
    scopes.map(({ id }) => id),
    span,
  );
  return new Map([...figures].map(([id, steps]) => [id, sumFigures(steps.values())]));
}
