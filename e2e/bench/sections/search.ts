import { parseQuery } from '@/lib/contracts/query/parse';
import { runSearch } from '@/lib/store/search/run-search';
import { openStore, type Store } from '@/lib/store/store';
import type { BenchContext } from '../context';
import { openRecordedJobs, RECORDED_JOBS, RECORDED_SOURCE, RECORDED_USERS } from '../fixture/recorded-jobs';
import type { BenchRow } from '../rows';
import { summary } from '../stats';

const ROUNDS = 25;

/** Queries over 1,000,000 recorded jobs of five days: a page of 50 with its count, in a process that has asked once before. */
const QUERIES: [name: string, q: (round: number) => string, reachMs: number][] = [
  ['by id', (round) => `id:${1 + ((round * 39_916_801) % RECORDED_JOBS)}`, 50],
  ['by name', () => 'name:send-*', 50],
  ['by state', () => 'state:failed', 50],
  ['by state, name and queue', () => 'state:failed name:send-welcome queue:emails', 50],
  ['by time', (round) => `added:>${round + 1}h added:<${round + 3}h`, 50],
  ['by a part of the error', () => 'error:"try again later"', 200],
  ['by a field of the data', (round) => `data.userId:${1 + ((round * 7_919) % RECORDED_USERS)}`, 200],
  ['by a text in the data that few have', (round) => `data:zebra-${round % 10}`, 2_000],
];

export async function measureSearch(context: BenchContext): Promise<BenchRow[]> {
  const store = openStore(await openRecordedJobs(context));
  try {
    const rows: BenchRow[] = [await measureSize(store)];
    for (const [name, q, reach] of QUERIES) rows.push(await measureQuery(store, name, q, reach));
    return rows;
  } finally {
    await store.close();
  }
}

async function measureQuery(
  store: Store,
  name: string,
  q: (round: number) => string,
  reach: number,
): Promise<BenchRow> {
  const samples: number[] = [];
  let partial = 0;
  const { signal } = new AbortController();
  for (let round = 0; round <= ROUNDS; round += 1) {
    const from = performance.now();
    const answer = await store.turn('search', { caller: 'bench', signal }, (reader) =>
      runSearch(reader, {
        node: parseQuery(q(round)),
        sources: [RECORDED_SOURCE],
        sort: 'added',
        order: 'desc',
        limit: 50,
        position: null,
        before: null,
        clock: { nowMs: Date.now(), offsetMinutes: 0 },
      }),
    );
    if (round > 0) samples.push(performance.now() - from);
    if (!answer.searched.complete) partial += 1;
  }
  const { value, p95 } = summary(samples);
  const note = `median ${value.toFixed(1)} ms${partial > 0 ? `; ${partial} of ${ROUNDS + 1} answers partial` : ''}`;
  return { name: `search among 1,000,000, ${name} (p95)`, reach, value: p95, unit: 'ms', peer: null, note };
}

async function measureSize(store: Store): Promise<BenchRow> {
  const [row] = await store.query<{ bytes: number }>(
    `SELECT sum(pg_total_relation_size(inhrelid))::float8 AS bytes FROM pg_inherits WHERE inhparent = 'queuedeck.job'::regclass`,
  );
  return {
    name: 'store for a recorded job of 500 bytes, indexes included',
    reach: 1_024,
    value: (row?.bytes ?? Number.NaN) / RECORDED_JOBS,
    unit: 'B',
    peer: null,
  };
}
