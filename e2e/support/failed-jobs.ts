import type { Connection } from '../bench/broker/connection';
import { encodeCommand } from '../bench/broker/resp';

const JOBS_PER_WRITE = 1_000;

/** Failed jobs in BullMQ 6's own layout; see e2e/bench/fixture/write-queue.ts. */
export async function writeFailed(connection: Connection, queue: string, jobs: number): Promise<void> {
  const key = (name: string | number) => `bull:${queue}:${name}`;
  await connection.pipeline([
    ['HSET', key('meta'), 'opts.maxLenEvents', '10000', 'version', 'bullmq:6.7.0'],
    ['SET', key('id'), jobs],
  ]);
  const data = JSON.stringify({ to: 'someone@example.com', text: 'x'.repeat(900) });
  const stack = JSON.stringify(['Error: connect timeout\n    at send (/app/mail.js:10:5)']);
  const nowMs = Date.now();
  for (let from = 1; from <= jobs; from += JOBS_PER_WRITE) {
    const parts: string[] = [];
    const scores: (string | number)[] = [];
    for (let id = from; id < from + JOBS_PER_WRITE; id += 1) {
      const at = nowMs - jobs + id;
      const fields = [
        'name',
        'mail',
        'data',
        data,
        'opts',
        '{"attempts":3}',
        'timestamp',
        at - 5_000,
        'delay',
        0,
        'priority',
        0,
      ];
      const ended = [
        'processedOn',
        at - 10,
        'finishedOn',
        at,
        'atm',
        3,
        'ats',
        3,
        'failedReason',
        'connect timeout',
        'stacktrace',
        stack,
      ];
      parts.push(encodeCommand(['HSET', key(id), ...fields, ...ended]));
      scores.push(at, id);
    }
    parts.push(encodeCommand(['ZADD', key('failed'), ...scores]));
    await connection.write(parts.join(''), parts.length);
  }
}
