import type { Worker } from '@/lib/contracts/workers';
import { BEAT_LOST_MS, type Beat } from '../control/protocol';
import { toWorker } from '../control/to-worker';
import { OUR_MARK } from '../worker/our-mark';
import type { WorkerConnection } from './client-list';

/**
 * Beats and connections as one list. A worker process that beats holds one connection for each of its queues: those are
 * taken out of the rest (by the name host:pid, else any that has no name), and give it its address.
 */
export function joinWorkers(source: string, beats: Beat[], connections: WorkerConnection[]): Worker[] {
  const free = new Map<string, WorkerConnection[]>();
  for (const one of connections) free.set(one.queue, [...(free.get(one.queue) ?? []), one]);
  const now = Date.now();
  const alive = (beat: Beat) => now - beat.beatAt <= BEAT_LOST_MS;
  const known = beats
    .toSorted((a, b) => Number(alive(b)) - Number(alive(a)) || a.id.localeCompare(b.id))
    .map((beat) => ({ ...toWorker(source, beat, now), address: alive(beat) ? takeConnections(beat, free) : null }));
  return [...known, ...unknownWorkers(source, [...free.values()].flat())];
}

function takeConnections(beat: Beat, free: Map<string, WorkerConnection[]>): string | null {
  let address: string | null = null;
  for (const queue of beat.queues) {
    const here = free.get(queue) ?? [];
    const index = findConnection(beat, here);
    if (index === -1) continue;
    address ??= here[index]?.address ?? null;
    here.splice(index, 1);
  }
  return address;
}

/** By its name, then by what PostgreSQL has left of our own longer one; else any without a name. */
function findConnection(beat: Beat, here: readonly WorkerConnection[]): number {
  const ours = OUR_MARK + beat.id;
  const names = [`${beat.host}:${beat.pid}`, beat.id, ours];
  const named = here.findIndex(({ name }) => name !== null && names.includes(name));
  if (named !== -1) return named;
  const cut = here.findIndex(({ name }) => name?.startsWith(OUR_MARK) && ours.startsWith(name));
  return cut !== -1 ? cut : here.findIndex(({ name }) => name === null);
}

/** Connections of one name from one host are one worker; one without a name stands for itself. */
function unknownWorkers(source: string, connections: WorkerConnection[]): Worker[] {
  const groups = new Map<string, WorkerConnection[]>();
  for (const one of connections) {
    const host = one.address.slice(0, one.address.lastIndexOf(':'));
    const key = one.name === null ? one.address : `${one.name}@${host}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].map(([id, group]) => ({
    source,
    id,
    beats: false,
    host: null,
    pid: null,
    queues: [...new Set(group.map(({ queue }) => queue))].sort(),
    slots: null,
    busy: null,
    lanes: null,
    running: null,
    donePerMinute: null,
    cpu: null,
    memoryBytes: null,
    startedAt: null,
    beatAt: null,
    version: null,
    status: 'up',
    address: group[0]?.address ?? null,
  }));
}
