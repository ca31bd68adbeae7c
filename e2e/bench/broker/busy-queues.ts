import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection';

/**
 * Makes every queue change twice a second, as traffic would: a job enters `wait` and the event stream tells. Its commands go through
 * `connection`, which counts them, so they can be taken off.
 */
export function keepBusy(connection: Connection, queues: readonly string[]): { stop(): Promise<void> } {
  let stopped = false;
  const run = async () => {
    for (let id = 9_000_000; !stopped; id += 1) {
      const commands = queues.flatMap((queue) => [
        [
          'HSET',
          `bull:${queue}:${id}`,
          'name',
          'tick',
          'data',
          '{}',
          'opts',
          '{}',
          'timestamp',
          Date.now(),
          'delay',
          0,
          'priority',
          0,
        ],
        ['LPUSH', `bull:${queue}:wait`, id],
        ['XADD', `bull:${queue}:events`, 'MAXLEN', '~', 10_000, '*', 'event', 'added', 'jobId', id, 'name', 'tick'],
        ['XADD', `bull:${queue}:events`, 'MAXLEN', '~', 10_000, '*', 'event', 'waiting', 'jobId', id],
      ]);
      await connection.pipeline(commands);
      await sleep(500);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
}
