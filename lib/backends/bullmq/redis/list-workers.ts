import type { Worker } from '@/lib/contracts/workers';
import { BEAT_LOST_MS, type Beat } from '../control/protocol';
import { toWorker } from '../control/to-worker';
import { readSigns, type WorkerSign } from '../control/worker-sign';
import { shownNames } from '../postgres/workers';
import { OUR_MARK } from '../worker/our-mark';
import type { WorkerConnection } from './client-list';

/**
 * Beats and connections as one list. A worker process that beats holds one connection for each of its workers: those are taken out of the
 * rest, and give it its address. First by the very address that the beat tells; what is left, since a network between may change that, by
 * the worker's name, and of those without a name any.
 */
export function joinWorkers(source: string, beats: Beat[], connections: WorkerConnection[]): Worker[] {
  const free = new Map<string, WorkerConnection[]>();
  for (const one of connections) free.set(one.queue, [...(free.get(one.queue) ?? []), one]);
  const now = Date.now();
  const alive = (beat: Beat) => now - beat.beatAt <= BEAT_LOST_MS;
  const sorted = beats.toSorted((a, b) => Number(alive(b)) - Number(alive(a)) || a.id.localeCompare(b.id));
  const addresses = takeConnections(sorted.filter(alive), free);
  const known = sorted.map((beat) => ({ ...toWorker(source, beat, now), address: addresses.get(beat) ?? null }));
  return [...known, ...unknownWorkers(source, [...free.values()].flat())];
}

/** What a connection is looked for by; `sign` null: of a control module that does not tell it. */
interface Wanted {
  beat: Beat;
  queue: string;
  sign: WorkerSign | null;
}

function takeConnections(beats: Beat[], free: Map<string, WorkerConnection[]>): Map<Beat, string> {
  const addresses = new Map<Beat, string>();
  const take = (one: Wanted, find: (wanted: Wanted, here: readonly WorkerConnection[]) => number): boolean => {
    const here = free.get(one.queue) ?? [];
    const index = find(one, here);
    const [taken] = index === -1 ? [] : here.splice(index, 1);
    if (taken && !addresses.has(one.beat)) addresses.set(one.beat, taken.address);
    return taken !== undefined;
  };
  const wanted = beats.flatMap((beat) => beat.queues.flatMap((queue) => wantedOf(beat, queue)));
  const left = wanted.filter((one) => !take(one, findByAddress));
  for (const one of left) take(one, findByName);
  return addresses;
}

function wantedOf(beat: Beat, queue: string): Wanted[] {
  const signs = readSigns(beat.lanes.find((lane) => lane.queue === queue)?.workers);
  return signs === null ? [{ beat, queue, sign: null }] : signs.map((sign) => ({ beat, queue, sign }));
}

const findByAddress = ({ sign }: Wanted, here: readonly WorkerConnection[]): number =>
  sign?.address ? here.findIndex(({ address }) => bare(address) === bare(sign.address ?? '')) : -1;

/** Redis puts an IPv6 address into brackets. */
const bare = (address: string) => address.replace(/[[\]]/g, '');

/** By its name, then by what PostgreSQL has left of a longer one; else any without a name. */
function findByName({ beat, queue, sign }: Wanted, here: readonly WorkerConnection[]): number {
  const ours = OUR_MARK + beat.id;
  const own = sign?.name ? [sign.name, OUR_MARK + sign.name] : [];
  const names = [...own, `${beat.host}:${beat.pid}`, beat.id, ours];
  const named = here.findIndex(({ name }) => name !== null && names.includes(name));
  if (named !== -1) return named;
  const cut = here.findIndex(
    ({ name }) =>
      (name?.startsWith(OUR_MARK) && ours.startsWith(name)) || (sign?.name && isShownAs(queue, sign.name, name)),
  );
  return cut !== -1 ? cut : here.findIndex(({ name }) => name === null);
}

/** As PostgreSQL shows the name of a session: escaped, and cut together with the queue's. */
function isShownAs(queue: string, worker: string, shown: string | null): boolean {
  const before = shownNames(`${queue}:w:`);
  return shownNames(`${queue}:w:${worker}`).some((text, i) => (text.slice(before[i]?.length) || null) === shown);
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
