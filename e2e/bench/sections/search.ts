import { parseQuery } from '@/lib/contracts/query/parse';
import { Partitions, partitionName } from '@/lib/store/history/partitions';
import { Scopes } from '@/lib/store/history/scopes';
import { termOf } from '@/lib/store/history/terms';
import { runSearch } from '@/lib/store/search/run-search';
import { openStore, type Store } from '@/lib/store/store';
import { createDatabase } from '@/lib/testing/servers';
import type { BenchContext } from '../context';
import type { BenchRow } from '../rows';
import { summary } from '../stats';

const JOBS = 1_000_000;
const DAYS = 5;
const USERS = 50_000;
const ROUNDS = 25;
const SOURCE = 'recorded';
const DAY_MS = 86_400_000;
const JOBS_PER_INSERT = 25_000;

/** Queries over 1,000,000 recorded jobs of five days: a page of 50 with its count, in a process that has asked once before. */
const QUERIES: [name: string, q: (round: number) => string, reachMs: number][] = [
  ['by id', (round) => `id:${1 + ((round * 39_916_801) % JOBS)}`, 50],
  ['by name', () => 'name:send-*', 50],
  ['by state', () => 'state:failed', 50],
  ['by state, name and queue', () => 'state:failed name:send-welcome queue:emails', 50],
  ['by time', (round) => `added:>${round + 1}h added:<${round + 3}h`, 50],
  ['by a part of the error', () => 'error:"try again later"', 200],
  ['by a field of the data', (round) => `data.userId:${1 + ((round * 7_919) % USERS)}`, 200],
  ['by a text in the data that few have', (round) => `data:zebra-${round % 10}`, 2_000],
];

export async function measureSearch(context: BenchContext): Promise<BenchRow[]> {
  const store = openStore(await createDatabase(context.postgresUrl));
  try {
    context.say(`  writing ${JOBS.toLocaleString('en-GB')} recorded jobs`);
    await writeJobs(store);
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
        sources: [SOURCE],
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
    value: (row?.bytes ?? Number.NaN) / JOBS,
    unit: 'B',
    peer: null,
  };
}

/** Three queues with eight names; one of 25 failed; data of ~500 bytes. Written by the server itself: only the hashes come from here. */
async function writeJobs(store: Store): Promise<void> {
  const scopes = new Scopes(store, SOURCE);
  const kinds = [
    ['emails', 'send-welcome'],
    ['emails', 'send-invoice'],
    ['webhooks', 'deliver'],
    ['webhooks', 'ping'],
    ['reports', 'close-month'],
    ['reports', 'export'],
    ['emails', 'digest'],
    ['reports', 'tidy'],
  ].map(([queue = '', name = '']) => ({ queue, name }));
  await scopes.prepare(kinds);
  const now = Date.now();
  await new Partitions(store).prepare(Array.from({ length: DAYS + 1 }, (_, day) => now - day * DAY_MS));
  const ids = kinds.map(({ queue, name }) => scopes.of(queue, name));
  const users = Array.from({ length: USERS }, (_, user) => termOf('userId', String(user + 1)));
  await store.query(
    'CREATE TABLE public.bench_user AS SELECT n::int AS id, term FROM unnest($1::int[]) WITH ORDINALITY AS u(term, n)',
    [users],
  );
  await store.query('CREATE UNIQUE INDEX ON public.bench_user (id)');
  for (let from = 0; from < JOBS; from += JOBS_PER_INSERT)
    await store.query(
      `INSERT INTO queuedeck.job (id, source_id, queue_id, kind_id, added_at, started_at, finished_at, wait_ms, run_ms, state, flags, attempts_made, error, terms, data_bytes, data)
       SELECT i::text, $1, ($2::int[])[1 + i % 8], ($3::int[])[1 + i % 8], at, at + interval '40 ms', at + interval '140 ms', 40, 100,
              CASE WHEN i % 25 = 0 THEN 6 ELSE 5 END, i % 2, 1,
              CASE WHEN i % 50 = 0 THEN '421 4.7.0 host ' || i || ' is busy, try again later' WHEN i % 25 = 0 THEN 'timeout of ' || i || ' ms' END,
              ARRAY[u.term, i, i + 1, i + 2], 500,
              '{"userId":' || u.id || ',"to":"user' || i || '@example.com","tag":"' || CASE WHEN i % 100000 = 7 THEN 'zebra-' || (i / 100000) ELSE 'plain' END
                || '","body":"' || repeat(md5(i::text), 12) || '"}'
         FROM generate_series($4::int + 1, $4::int + ${JOBS_PER_INSERT}) AS i
         JOIN public.bench_user u ON u.id = 1 + (i * 31) % ${USERS}
        CROSS JOIN LATERAL (SELECT to_timestamp($5::float8 / 1000) - ($6::int - i) * interval '${Math.floor((DAYS * DAY_MS) / JOBS)} ms' AS at) t`,
      [ids[0]?.source, ids.map(({ queue }) => queue), ids.map(({ kind }) => kind), from, now, JOBS],
    );
  for (let day = 0; day <= DAYS; day += 1)
    await store.query(`ANALYZE queuedeck.${partitionName(Math.floor((now - day * DAY_MS) / DAY_MS))}`);
}
