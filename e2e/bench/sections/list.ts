import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { countWhile } from '../broker/counters';
import { type BenchContext, queuePath } from '../context';
import { BIG_QUEUE } from '../fixture/queues';
import type { BenchRow } from '../rows';
import { summary } from '../stats';
import { type Answer, HttpConnection } from '../web/http-connection';

const STATES = ['completed', 'failed', 'waiting', 'delayed'] as const;
const REQUESTS = 150;
/** How long the walk to a deep page may take for each state. */
const WALK_MS = 12_000;

interface Page {
  items: { id: string }[];
  nextCursor: string | null;
}

/** A page of fifty of the queue with a million jobs: first, and as deep as can be walked to. */
export async function measureList(context: BenchContext): Promise<BenchRow[]> {
  const viewer = await HttpConnection.open(context.web.port);
  const rows: BenchRow[] = [];
  try {
    for (const state of STATES) {
      rows.push(...(await measurePage(context, viewer, state, 0, null)));
      const deep = await walk(viewer, state);
      rows.push(...(await measurePage(context, viewer, state, deep.depth, deep.cursor)));
    }
    return rows;
  } finally {
    viewer.close();
  }
}

const listPath = (state: string, cursor: string | null, limit: number): string =>
  `${queuePath(BIG_QUEUE)}/jobs?state=${state}&limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;

async function measurePage(
  { reader }: BenchContext,
  viewer: HttpConnection,
  state: string,
  depth: number,
  cursor: string | null,
): Promise<BenchRow[]> {
  const path = listPath(state, cursor, 50);
  for (let i = 0; i < 30; i += 1) await viewer.get(path);
  const quiet = await countWhile(reader, [], () => sleep(400));
  const answers: Answer[] = [];
  const spent = await countWhile(reader, [], async () => {
    for (let i = 0; i < REQUESTS; i += 1) answers.push(await viewer.get(path));
  });
  const last = answers.at(-1);
  const items = last ? readPage(last).items.length : 0;
  const background = (quiet.outputBytes / quiet.seconds) * spent.seconds;
  const brokerKb = (spent.outputBytes - background) / REQUESTS / 1024;
  const where = depth === 0 ? 'first page' : `at depth ${depth.toLocaleString('en-GB')}`;
  const bodyKb = (last?.body.length ?? 0) / 1024;
  const zippedKb = last ? gzipSync(last.body).length / 1024 : 0;
  return [
    {
      name: `list of 50 ${state}, ${where}`,
      reach: 4,
      ...summary(answers.map((answer) => answer.ms)),
      unit: 'ms',
      peer: 5.2,
      note: `${items} rows; ${(spent.commands / REQUESTS).toFixed(1)} broker commands`,
    },
    {
      name: `list of 50 ${state}, ${where}: from the broker`,
      reach: 20,
      value: brokerKb,
      unit: 'KB',
      peer: 101,
      note: `the HTTP answer is ${bodyKb.toFixed(1)} KB, ${zippedKb.toFixed(1)} KB gzipped`,
    },
  ];
}

/** Follows `nextCursor` in pages of 200 as far as the time allows, and not over the end. */
async function walk(viewer: HttpConnection, state: string): Promise<{ depth: number; cursor: string | null }> {
  const until = Date.now() + WALK_MS;
  let cursor: string | null = null;
  let depth = 0;
  while (Date.now() < until) {
    const page = readPage(await viewer.get(listPath(state, cursor, 200)));
    // A page of fifty must still fit behind the cursor.
    if (!page.nextCursor || page.items.length < 200) break;
    cursor = page.nextCursor;
    depth += page.items.length;
    if (depth >= 100_000 && state !== 'completed') break;
  }
  return { depth, cursor };
}

function readPage(answer: Answer): Page {
  if (answer.status !== 200)
    throw new Error(`the list answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 200)}`);
  return JSON.parse(answer.body.toString('utf8')) as Page;
}
