import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchContext } from '../context';
import type { BenchRow } from '../rows';
import { percentile, summary } from '../stats';
import { type Answer, HttpConnection } from '../web/http-connection';

const OVERVIEW = '/api/v1/queues?limit=200';
const VIEWERS = 50;

/** The overview's answer for one viewer, and for fifty who ask in the same instant. */
export async function measureOverview({ web }: BenchContext): Promise<BenchRow[]> {
  const connections = await Promise.all(Array.from({ length: VIEWERS }, () => HttpConnection.open(web.port)));
  try {
    const one = connections[0] as HttpConnection;
    for (let i = 0; i < 300; i += 1) await one.get(OVERVIEW);
    const alone: Answer[] = [];
    const agesMs: number[] = [];
    for (let i = 0; i < 400; i += 1) {
      const answer = await one.get(OVERVIEW);
      alone.push(answer);
      agesMs.push(readAge(answer));
      // Spread over several shared reads, so that those who wait for one are among the samples.
      await sleep(10);
    }
    const together: number[] = [];
    const each: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      const from = performance.now();
      const answers = await Promise.all(connections.map((connection) => connection.get(OVERVIEW)));
      together.push(performance.now() - from);
      each.push(...answers.map((answer) => answer.ms));
      agesMs.push(...answers.map(readAge));
      await sleep(80);
    }
    return [
      { name: 'overview answer, 1 viewer', reach: 3, ...summary(alone.map((a) => a.ms)), unit: 'ms', peer: 12.7 },
      { name: 'overview answer, 50 at once', reach: 20, ...summary(each), unit: 'ms', peer: 475 },
      {
        name: 'the same: until the last of the 50 is there',
        reach: null,
        ...summary(together),
        unit: 'ms',
        peer: null,
      },
      {
        name: 'overview: age of its figures when the answer arrives',
        reach: 1000,
        value: Math.max(...agesMs),
        unit: 'ms',
        peer: null,
        note: `the oldest of ${agesMs.length.toLocaleString('en-GB')} answers; p95 ${percentile(agesMs, 0.95).toFixed(0)} ms`,
      },
      {
        name: 'overview: size of the answer, 20 queues',
        reach: null,
        value: (alone[0]?.body.length ?? 0) / 1024,
        unit: 'KB',
        peer: null,
      },
    ];
  } finally {
    for (const connection of connections) connection.close();
  }
}

function readAge(answer: Answer): number {
  const asOf = answer.body.toString('utf8').match(/"asOf":"([^"]+)"/)?.[1];
  if (answer.status !== 200 || !asOf) throw new Error(`the overview answered ${answer.status}`);
  return Date.now() - Date.parse(asOf);
}
