import { BEAT_LOST_MS, type Beat } from '../../control/protocol';
import type { WorkerConnection } from '../../redis/client-list';
import { joinWorkers } from '../../redis/list-workers';

export const isOurs = (beat: Beat) => beat.ours === true;

export const isAlive = (beat: Beat) => Date.now() - beat.beatAt <= BEAT_LOST_MS;

/** Who works on the queue, of the beats and connections that are not ours. */
export function othersOn(queue: string, beats: readonly Beat[], connections: readonly WorkerConnection[]): string[] {
  const foreign = beats.filter((beat) => !isOurs(beat) && isAlive(beat));
  const workers = joinWorkers('', foreign, [...connections]);
  return workers.filter(({ queues }) => queues.includes(queue)).map(({ id }) => id);
}
