import { findParts, type ScopeRow } from '@/lib/metrics/scopes';
import { sumFigures } from '@/lib/metrics/totals';
import { type Figures, mergeFigures, noFigures, readFigures } from '@/lib/store/figures/read-figures';
import type { Reader } from '@/lib/store/lanes/reader';
import type { Ask } from '@/lib/verbs';

const DAY_MS = 86_400_000;
const KEPT_MS = 730 * DAY_MS;

interface Past {
  beforeMs: number;
  figures: Figures;
}

const pasts = new WeakMap<object, Map<number, Past>>();

/** All that was ever counted of each queue: the days that are over are read once, today's each time. Busiest of today first. */
export async function readCumulative(ask: Ask, reader: Reader, most: number) {
  const scopes = await findParts(ask, reader, 'queue', {});
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  // A day that is over may still get a late event: what is over for an hour is over.
  const bound = Date.now() - today < 3_600_000 ? today - DAY_MS : today;
  const recent = await readSpan(reader, scopes, bound, today + 2 * DAY_MS);
  const finished = (id: number) => {
    const counts = recent.get(id)?.counts;
    return counts ? counts.completed + counts.failed + counts.added : 0;
  };
  const busiest = scopes.sort((a, b) => finished(b.id) - finished(a.id)).slice(0, most);
  const past = await readPast(reader, busiest, bound);
  return {
    omitted: scopes.length - busiest.length,
    queues: busiest.map(({ id, source, queue }) => {
      const figures = noFigures();
      for (const one of [past.get(id)?.figures, recent.get(id)]) if (one) mergeFigures(figures, one);
      return { source, queue: queue ?? '', figures };
    }),
  };
}

async function readPast(reader: Reader, scopes: readonly ScopeRow[], beforeMs: number): Promise<Map<number, Past>> {
  const known = pasts.get(reader.lane) ?? new Map<number, Past>();
  pasts.set(reader.lane, known);
  const missing = scopes.filter(({ id }) => known.get(id)?.beforeMs !== beforeMs);
  if (missing.length > 0) {
    const read = await readSpan(reader, missing, beforeMs - KEPT_MS, beforeMs);
    for (const { id } of missing) known.set(id, { beforeMs, figures: read.get(id) ?? noFigures() });
  }
  return known;
}

async function readSpan(
  reader: Reader,
  scopes: readonly ScopeRow[],
  fromMs: number,
  toMs: number,
): Promise<Map<number, Figures>> {
  const read = await readFigures(
    reader,
    scopes.map(({ id }) => id),
    { level: 2, fromMs, toMs, stepMs: toMs - fromMs },
  );
  return new Map([...read].map(([id, steps]) => [id, sumFigures(steps.values())]));
}
