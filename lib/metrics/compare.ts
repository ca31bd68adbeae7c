import { ENOUGH_JOBS } from '@/lib/contracts/states';
import { explainMissing } from '@/lib/jobs/missing';
import { findScopes } from '@/lib/metrics/scopes';
import { SharedReads } from '@/lib/metrics/shared';
import { sumFigures, toPercentiles } from '@/lib/metrics/totals';
import { findSource } from '@/lib/sources/find';
import { readFigures } from '@/lib/store/figures/read-figures';
import { SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import { storedText } from '@/lib/store/stored-name';
import { inTurn } from '@/lib/turns';
import { type Ask, query } from '@/lib/verbs';

const DAY_MS = 86_400_000;
/** Of fewer jobs a p99 says nothing. */
const ENOUGH_FOR_P99 = 50;
const shared = new SharedReads(10_000);

interface Facts {
  name: string;
  runMs: number | null;
  startedAt: number | null;
  isActive: boolean;
}

/** The others: jobs of its name in its queue that ended within the last 24 hours. */
export const compareJob = query('job.compare', async (ask, { source, queue, job: id }) => {
  const facts = (await readLive(ask, source, queue, id)) ?? (await readRecorded(ask, source, queue, id));
  if (!facts) throw await explainMissing(ask.store, findSource(ask.sources, source), queue, id);
  const { figures, run, wait } = await shared.read(JSON.stringify([source, queue, facts.name]), ask.signal, (signal) =>
    inTurn({ ...ask, signal }, 'figures', async (reader) => {
      const scopes = await findScopes(ask, reader, { source, queue, name: facts.name });
      const now = Date.now();
      const span = { level: 1, fromMs: now - DAY_MS, toMs: now, stepMs: DAY_MS + 1 };
      const read = await readFigures(
        reader,
        scopes.map((one) => one.id),
        span,
      );
      const merged = sumFigures([...read.values()].flatMap((steps) => [...steps.values()]));
      return { figures: merged, run: toPercentiles(merged.run), wait: toPercentiles(merged.wait) };
    }),
  );
  const jobs = figures.counts.completed + figures.counts.failed;
  const isEnough = jobs >= ENOUGH_JOBS;
  const runMs = facts.isActive && facts.startedAt !== null ? Date.now() - facts.startedAt : facts.runMs;
  return {
    of: { queue, name: facts.name },
    jobs,
    needed: ENOUGH_JOBS,
    wait: isEnough ? wait : null,
    run: isEnough ? run : null,
    failureRate: isEnough ? figures.counts.failed / jobs : null,
    isSlow: jobs >= ENOUGH_FOR_P99 && run !== null && runMs !== null && runMs > run.p99,
  };
});

async function readLive(ask: Ask, source: string, queue: string, id: string): Promise<Facts | null> {
  const job = await findSource(ask.sources, source)
    .backend.getJob(queue, id, 0)
    .catch(() => null);
  return job
    ? {
        name: job.name,
        runMs: job.runMs,
        startedAt: job.startedAt === null ? null : Date.parse(job.startedAt),
        isActive: job.state === 'active',
      }
    : null;
}

async function readRecorded(ask: Ask, source: string, queue: string, id: string): Promise<Facts | null> {
  const [row] = await ask.store.query<{ name: string; run_ms: number | null }>(
    `SELECT coalesce(j.name, k.name) AS name, j.run_ms FROM queuedeck.job j
       JOIN queuedeck.scope q ON q.id = j.queue_id AND q.key = $1 JOIN queuedeck.scope k ON k.id = j.kind_id
      WHERE j.id = $2 ORDER BY j.added_at DESC LIMIT 1`,
    [scopeKey(SCOPE_KINDS.queue, source, queue), storedText(id)],
  );
  return row ? { name: row.name, runMs: row.run_ms, startedAt: null, isActive: false } : null;
}
