import { setTimeout as sleep } from 'node:timers/promises';
import type { CountsFrame, JobFrame } from '@/lib/contracts/live';
import { type FailingWorker, openFailingWorker } from '../broker/failing-worker';
import { type BenchContext, SOURCE } from '../context';
import type { BenchRow } from '../rows';
import { summary } from '../stats';
import { openScreen } from '../web/browser';
import { type LiveEvent, openLive } from '../web/live-stream';

const QUEUE = 'payments';
const ROUNDS = 20;
const BROWSER_ROUNDS = 8;

/** From the moment a worker begins to report a failure until those who watch the overview and the queue have it. */
export async function measureFailure(context: BenchContext): Promise<BenchRow[]> {
  const worker = await openFailingWorker(context.redis.url, QUEUE);
  try {
    const rows = await measureFrames(context, worker);
    return [...rows, ...(await measureScreens(context, worker))];
  } finally {
    await worker.close();
  }
}

async function measureFrames({ web }: BenchContext, worker: FailingWorker): Promise<BenchRow[]> {
  const overview = await openLive(web.port, 'overview');
  const list = await openLive(web.port, `queue:${SOURCE}/${QUEUE}`);
  const onOverview: number[] = [];
  const onList: number[] = [];
  try {
    await sleep(2_000);
    for (let round = 0; round < ROUNDS; round += 1) {
      await worker.take();
      // Taking the job changed the counts too: a quiet second, of uneven length so that no clock of ours is met.
      await sleep(1_300 + Math.random() * 900);
      const failedBefore = worker.failedBefore();
      const seen = overview.next((event) => failedCount(event) > failedBefore);
      const listed = list.next((event) => isFailureOf(event, worker.jobId()));
      const from = Date.now();
      await worker.fail();
      const [first, second] = await Promise.all([seen, listed]);
      onOverview.push(first.atMs - from);
      onList.push(second.atMs - from);
    }
  } finally {
    overview.close();
    list.close();
  }
  return [
    { name: 'a failure reaches the overview (frame)', reach: 250, ...summary(onOverview), unit: 'ms', peer: 1_400 },
    { name: 'a failure reaches the list (frame)', reach: 250, ...summary(onList), unit: 'ms', peer: 1_400 },
  ];
}

/** The same in a real browser: until the page's text shows the new count of failed jobs. */
async function measureScreens({ web }: BenchContext, worker: FailingWorker): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const pages = { overview: '/', list: `/queues/${SOURCE}/${QUEUE}?state=failed` };
  for (const [name, path] of Object.entries(pages)) {
    const screen = await openScreen(`${web.url}${path}`);
    const samples: number[] = [];
    try {
      for (let round = 0; round < BROWSER_ROUNDS; round += 1) {
        await worker.take();
        await sleep(1_500 + Math.random() * 900);
        const shown = screen.waitForText((worker.failedBefore() + 1).toLocaleString('en-GB'), 10_000);
        const from = Date.now();
        await worker.fail();
        samples.push((await shown) - from);
      }
    } finally {
      await screen.close();
    }
    rows.push({
      name: `a failure is on the screen, ${name} (Chromium)`,
      reach: 250,
      ...summary(samples),
      unit: 'ms',
      peer: 1_400,
    });
  }
  return rows;
}

function failedCount({ event, data }: LiveEvent): number {
  if (event !== 'counts') return -1;
  const queue = (data as CountsFrame).queues.find(({ name }) => name === QUEUE);
  return queue?.counts.failed ?? -1;
}

function isFailureOf({ event, data }: LiveEvent, id: string): boolean {
  if (event !== 'job') return false;
  const frame = data as JobFrame;
  return frame.type === 'state' && frame.state === 'failed' && frame.id === id;
}
