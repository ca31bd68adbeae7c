import { randomUUID } from 'node:crypto';
import type { WorkerOrdered, WorkerWish } from '@/lib/backends/worker-orders';
import { requestOrder } from './orders';
import { BEAT_LOST_MS, type ControlChannel } from './protocol';

/** The dashboard's side of an order, on either wire. `isConnected`: whether the broker knows a worker of that name that does not beat. */
export async function orderWorker(
  channel: ControlChannel,
  isConnected: () => Promise<boolean>,
  worker: string,
  wish: WorkerWish,
): Promise<WorkerOrdered> {
  const beat = (await channel.readBeats()).find(({ id }) => id === worker);
  if (!beat) return (await isConnected()) ? { kind: 'deaf' } : { kind: 'gone' };
  if (Date.now() - beat.beatAt > BEAT_LOST_MS) return { kind: 'lost', beatAt: beat.beatAt };
  const queue = wish.kind === 'concurrency' ? (wish.queue ?? onlyOne(beat.queues)) : null;
  if (wish.kind === 'concurrency' && (queue === null || !beat.queues.includes(queue)))
    return { kind: 'which-queue', queues: beat.queues };
  const answered = await requestOrder(channel, {
    ...{ id: randomUUID(), worker, startedAt: beat.startedAt, kind: wish.kind, queue },
    concurrency: wish.kind === 'concurrency' ? wish.concurrency : null,
    graceMs: wish.kind === 'stop' ? wish.graceMs : null,
    ...{ by: wish.by, at: Date.now(), acknowledgedAt: null, refused: null },
  });
  return { kind: 'placed', acknowledged: answered !== null, refused: answered?.refused ?? null };
}

const onlyOne = (queues: string[]) => (queues.length === 1 ? (queues[0] ?? null) : null);
