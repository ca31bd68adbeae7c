import { type BenchContext, queuePath } from '../context';
import { countStates } from '../fixture/jobs';
import { BIG_QUEUE, BIG_SIZE } from '../fixture/queues';
import type { BenchRow } from '../rows';
import { seededRandom, summary } from '../stats';
import { HttpConnection } from '../web/http-connection';

const REQUESTS = 300;

/** One job, whole, at random among a million: one that completed, one that failed, one that waits, one that is delayed. */
export async function measureDetail({ web }: BenchContext): Promise<BenchRow[]> {
  const viewer = await HttpConnection.open(web.port);
  const counts = countStates(BIG_SIZE);
  const finished = counts.completed + counts.failed;
  const random = seededRandom(11);
  const below = (size: number) => Math.floor(random() * size);
  const pick: Record<string, () => number> = {
    // Every fifth of the finished ones failed: see the fixture's jobs.
    completed: () => 5 * below(finished / 5) + 1,
    failed: () => 5 * (1 + below(finished / 5)),
    waiting: () => finished + 1 + below(counts.waiting),
    delayed: () => finished + counts.waiting + 1 + below(counts.delayed),
  };
  const rows: BenchRow[] = [];
  try {
    for (const [state, nextId] of Object.entries(pick)) {
      for (let i = 0; i < 50; i += 1) await viewer.get(`${queuePath(BIG_QUEUE)}/jobs/${nextId()}`);
      const samples: number[] = [];
      for (let i = 0; i < REQUESTS; i += 1) {
        const answer = await viewer.get(`${queuePath(BIG_QUEUE)}/jobs/${nextId()}`);
        const found = answer.body.toString('utf8').match(/"state":"([^"]+)"/)?.[1];
        if (answer.status !== 200 || found !== state)
          throw new Error(`a ${state} job answered ${answer.status}, state ${found}`);
        samples.push(answer.ms);
      }
      rows.push({ name: `job detail, ${state}`, reach: 3, ...summary(samples), unit: 'ms', peer: 2.3 });
    }
    return rows;
  } finally {
    viewer.close();
  }
}
