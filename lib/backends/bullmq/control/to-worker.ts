import type { Worker } from '@/lib/contracts/workers';
import { toIsoOrNow as toIso } from '@/lib/iso-time';
import { BEAT_LOST_MS, type Beat } from './protocol';

/** A beat as the contract's Worker. `address` is the client list's to add. */
export function toWorker(source: string, beat: Beat, now = Date.now()): Worker {
  return {
    source,
    id: beat.id,
    beats: true,
    host: beat.host,
    pid: beat.pid,
    queues: beat.queues,
    slots: beat.slots,
    busy: beat.busy,
    lanes: beat.lanes.map(({ workers: _signs, ...lane }) => lane),
    running: beat.running.map(({ startedAt, ...job }) => ({ ...job, startedAt: toIso(startedAt) })),
    donePerMinute: beat.donePerMinute,
    cpu: beat.cpu,
    memoryBytes: beat.memoryBytes,
    startedAt: toIso(beat.startedAt),
    beatAt: toIso(beat.beatAt),
    version: beat.version,
    status: now - beat.beatAt > BEAT_LOST_MS ? 'lost' : beat.status,
    address: null,
  };
}
