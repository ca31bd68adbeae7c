import type { Node } from '@/lib/contracts/query/ast';
import { NAMES_PER_QUEUE } from '@/lib/store/history/scope-key';
import type { Reader } from '@/lib/store/lanes/reader';
import { like, type Names, queuePattern } from './conditions';

const CROWDED_EVERY_MS = 60_000;
const MOST_IDS = 20_000;

type What = 'kind' | 'queue' | 'source' | 'worker';

const SQL: Record<What, string> = {
  kind: 'SELECT p.n, s.id FROM p JOIN queuedeck.scope s ON s.kind = 2 AND s.name ILIKE p.pattern',
  queue: 'SELECT p.n, s.id FROM p JOIN queuedeck.scope s ON s.kind = 1 AND s.queue ILIKE p.pattern',
  source: 'SELECT p.n, s.id FROM p JOIN queuedeck.scope s ON s.kind = 0 AND s.source ILIKE p.pattern',
  worker: 'SELECT p.n, s.id FROM p JOIN queuedeck.seen_worker s ON s.name ILIKE p.pattern',
};

/** Looks up which names a query's patterns fit, so that the planner knows how many jobs to expect. */
export async function resolveNames(reader: Reader, node: Node | null): Promise<Names> {
  const wanted = new Map<What, Set<string>>();
  if (node) collect(node, wanted);
  const found = new Map<string, number[]>();
  for (const [what, patterns] of wanted) {
    const list = [...patterns];
    const rows = await reader.query<{ n: number; id: number }>(
      `WITH p AS (SELECT pattern, n::int FROM unnest($1::text[]) WITH ORDINALITY AS u(pattern, n)) ${SQL[what]} LIMIT ${MOST_IDS}`,
      [list],
    );
    for (const { n, id } of rows) {
      const key = `${what}\n${list[n - 1]}`;
      found.set(key, [...(found.get(key) ?? []), id]);
    }
  }
  const hasOwnNames = wanted.has('kind') && (await isCrowded(reader));
  return { idsOf: (what, pattern) => found.get(`${what}\n${pattern}`) ?? [], hasOwnNames };
}

function collect(node: Node, wanted: Map<What, Set<string>>): void {
  const want = (what: What, pattern: string) => wanted.set(what, (wanted.get(what) ?? new Set()).add(pattern));
  if (node.kind === 'and' || node.kind === 'or') for (const item of node.items) collect(item, wanted);
  else if (node.kind === 'not') collect(node.item, wanted);
  else if (node.kind === 'text') want('kind', like({ text: node.text, quoted: true }, true));
  else {
    const what = node.field === 'name' ? 'kind' : node.field;
    if (what !== 'kind' && what !== 'queue' && what !== 'source' && what !== 'worker') return;
    const patternOf = (value: { text: string; quoted: boolean }) =>
      what === 'queue' ? queuePattern(value) : like(value, false);
    for (const value of node.values) if (value.op === 'is') want(what, patternOf(value));
  }
}

const crowded = new WeakMap<object, { at: number; value: boolean }>();

/** Does a queue have so many names that they stand in the jobs' own rows? Known for a minute. */
async function isCrowded(reader: Reader): Promise<boolean> {
  const known = crowded.get(reader.lane);
  if (known && Date.now() - known.at < CROWDED_EVERY_MS) return known.value;
  const rows = await reader.query(
    `SELECT 1 FROM queuedeck.scope WHERE kind = 2 GROUP BY source, queue HAVING count(*) >= ${NAMES_PER_QUEUE} LIMIT 1`,
  );
  const value = rows.length > 0;
  crowded.set(reader.lane, { at: Date.now(), value });
  return value;
}
