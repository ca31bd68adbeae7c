import type { BrokerFigures, CancelState, QueueBackend } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { JobRef } from '@/lib/contracts/jobs';
import type { Worker } from '@/lib/contracts/workers';
import type { SourceConfig } from '@/lib/env';
import { promoteJob } from './actions';
import { isRefusal } from './broker-errors';
import { orderWorker } from './control/order-worker';
import { type Beat, readBeats, readCancel } from './control/protocol';
import { redisControl } from './control/redis';
import { openRedisFlows } from './flows/redis';
import { openRedisRecording } from './recording/redis';
import { openRedisBulk } from './redis/bulk/bulk-jobs';
import { RedisEdits } from './redis/change/edit-jobs';
import { removeOrphans } from './redis/change/orphan-jobs';
import { parkWaiting } from './redis/change/park-waiting';
import { pauseQueue } from './redis/change/pause-queue';
import { RedisSettings } from './redis/change/queue-settings';
import { RedisSweeps } from './redis/change/sweep-queue';
import { RedisChanges } from './redis/change-jobs';
import { parseClientList, type WorkerConnection } from './redis/client-list';
import { QueueDiscovery } from './redis/discover-queues';
import { getJob, getLogs, readPayload } from './redis/get-job';
import { inspectRedis } from './redis/inspect/inspect';
import { RedisLink } from './redis/link';
import { listJobs } from './redis/list-jobs';
import { joinWorkers } from './redis/list-workers';
import { groupBySlot, mastersOf } from './redis/masters';
import { readMotion, readStanding } from './redis/motion/read-motion';
import { FactsReader, readCommandCount } from './redis/read-facts';
import { SnapshotReader } from './redis/read-snapshot';
import { type TailSource, tailEvents } from './redis/tail-events';
import { openRedisSchedulers } from './schedulers/redis';

/** A CLIENT LIST of 2,000 clients is 0.5 MB: one serves all queues for this long. */
const CLIENT_LIST_KEPT_MS = 2_000;
/** A queue that only a worker knows of is shown for this long after its connection was seen last. */
const WORKER_SEEN_MS = 15_000;

/** BullMQ on Redis, Valkey, Sentinel or Cluster. Opens its connections in the background; the first call tells of an outage. */
export function openRedisBackend(config: SourceConfig): QueueBackend {
  const link = new RedisLink(config);
  const discovery = new QueueDiscovery(link);
  const changes = new RedisChanges(link);
  const facts = new FactsReader(link);
  const control = redisControl(link.reads, link.prefix);
  const group = (queues: string[]) => groupBySlot(link, queues);
  const snapshots = new SnapshotReader(link, group, (queues) => discovery.sift(queues));
  const workers = new WorkerLister(
    link,
    () => link.call(() => readBeats(control)),
    (queue) => discovery.note(queue, WORKER_SEEN_MS),
  );
  const changed = async <T>(queue: string, run: () => Promise<T>): Promise<T> => {
    try {
      const result = await run();
      // The change has happened, whatever becomes of this.
      await parkWaiting(changes, queue).catch(() => undefined);
      if (!isGone(result)) discovery.note(queue);
      return result;
    } finally {
      snapshots.touch(queue);
    }
  };
  const closing = new AbortController();
  let known: string[] = [];
  const queueNames = async () => {
    known = await discovery.names();
    return known;
  };
  const split = (key: string) => splitKey(key, link.prefix, known);
  const edits = new RedisEdits(changes, split);
  const sweeps = new RedisSweeps(changes);
  const settings = new RedisSettings(changes);
  const tailSource: TailSource = {
    link,
    queueNames,
    group,
    usesPriorities: (queue) => snapshots.usesPriorities(queue),
    onNewQueue: (listener) => discovery.onNew(listener),
    sift: (queues) => discovery.sift(queues),
  };

  return {
    kind: 'bullmq-redis',
    name: config.name,
    facts: () => facts.read(),
    queueNames,
    snapshot: async () => {
      const names = await queueNames();
      await link.checkRights();
      const { blocking, blindness } = link.rights;
      const blind = blocking ?? (names.length === 0 ? blindness : null);
      if (blind !== null) throw new CodedError('broker_refused', blind);
      return snapshots.read(names);
    },
    hasQueue: (queue) => discovery.has(queue),
    listJobs: (queue, state, position, limit) => listJobs(link, queue, state, position, limit),
    getJob: (queue, id, maxPayloadBytes) => getJob(link, queue, id, maxPayloadBytes, split),
    readPayload: (queue, id, field) => readPayload(link, queue, id, field),
    getLogs: (queue, id, from, limit) => getLogs(link, queue, id, from, limit),
    addJobs: (queue, jobs) => changed(queue, () => changes.add(queue, jobs)),
    listWorkers: () => workers.list(),
    events: (signal) => tailEvents(tailSource, AbortSignal.any([signal, closing.signal])),
    pause: (queue) => changed(queue, () => pauseQueue(changes, queue)),
    resume: (queue) => changed(queue, () => changes.change(queue, (backend) => backend.pause(false))),
    retry: (queue, id, options) => changed(queue, () => edits.retry(queue, id, options)),
    promote: (queue, id) => changed(queue, () => promoteJob(changes, queue, id)),
    remove: (queue, id, children = true) => changed(queue, () => edits.remove(queue, id, children)),
    duplicate: (queue, id, newId, once) =>
      changed(queue, () => edits.duplicate(queue, id, newId, once && { id: once.id, ttl: once.ttlMs })),
    editData: (queue, id, dataText) => edits.edit(queue, id, dataText),
    prioritize: (queue, id, priority, lifo) => changed(queue, () => edits.prioritize(queue, id, priority, lifo)),
    reschedule: (queue, id, runAt) => changed(queue, () => edits.reschedule(queue, id, runAt)),
    setProgress: (queue, id, progress) => edits.progress(queue, id, progress),
    addLogs: (queue, id, lines) => edits.addLogs(queue, id, lines),
    clearLogs: (queue, id, keep) => edits.clearLogs(queue, id, keep),
    undeduplicate: (queue, id) => edits.undeduplicate(queue, id),
    removeChildren: (queue, id) => changed(queue, () => edits.removeChildren(queue, id)),
    drain: (queue, delayed, bounds) => changed(queue, () => sweeps.drain(queue, delayed, bounds)),
    clean: (queue, order, bounds) => changed(queue, () => sweeps.clean(queue, order, bounds)),
    obliterate: async (queue, bounds) => {
      const swept = await sweeps.obliterate(queue, bounds).finally(() => snapshots.touch(queue));
      if (swept.kind === 'swept' && swept.done) discovery.forget(queue);
      return swept;
    },
    removeOrphans: (queue, from, bounds) => removeOrphans(changes, queue, from, bounds),
    setConcurrency: (queue, concurrency) => changed(queue, () => settings.setConcurrency(queue, concurrency)),
    setRateLimit: (queue, limit) => changed(queue, () => settings.setRateLimit(queue, limit)),
    readRateLimit: (queue) => settings.readRateLimit(queue),
    trimEvents: (queue, maxLength) => settings.trimEvents(queue, maxLength),
    readMeta: (queue) => settings.readMeta(queue),
    cancel: (queue, id, order) => changed(queue, () => changes.cancel(queue, id, order, control)),
    cancelState: (queue, id) =>
      link.call(async (): Promise<CancelState | null> => {
        const record = await readCancel(control, queue, id);
        if (record === null) return null;
        const { by, reason, at, acknowledgedAt } = record;
        return { by, reason, at, acknowledgedAt };
      }),
    orderWorker: (id, wish) =>
      link.change(() =>
        orderWorker(control, async () => (await workers.list()).some((worker) => worker.id === id), id, wish),
      ),
    inspect: async () => {
      const { queues } = await snapshots.read(await queueNames());
      return inspectRedis(link, orderBySize(queues));
    },
    motion: (queue) => readMotion(link, queue),
    standing: (queue, id) => readStanding(link, queue, id, (key) => splitKey(key, link.prefix, known)),
    cost: () => link.readCost(),
    commandCount: () => readCommandCount(link),
    recording: openRedisRecording({ link, split, queueNames, group, closing: closing.signal }),
    bulk: openRedisBulk(link, {
      onChange: (queue) => {
        discovery.note(queue);
        snapshots.touch(queue);
      },
      park: (queue) => parkWaiting(changes, queue),
    }),
    flows: openRedisFlows({ link, changes, queueNames, split, changed }),
    schedulers: openRedisSchedulers({ link, changes, queueNames, changed }),
    close: async () => {
      closing.abort();
      discovery.close();
      await link.close();
    },
  };
}

/** The queues with the most jobs first. */
function orderBySize(queues: readonly BrokerFigures[]): string[] {
  const jobsOf = ({ counts }: BrokerFigures) => Object.values(counts).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return queues.toSorted((a, b) => jobsOf(b) - jobsOf(a)).map(({ name }) => name);
}
/** A change that met no job says nothing of its queue. */
const isGone = (result: unknown) => (result as { kind?: unknown } | undefined)?.kind === 'gone';

class WorkerLister {
  #connections: Promise<WorkerConnection[]> | null = null;
  #at = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly beats: () => Promise<Beat[]>,
    private readonly onQueue: (queue: string) => void,
  ) {}

  async list(): Promise<Worker[]> {
    const [beats, connections] = await Promise.all([this.beats(), this.#clients()]);
    for (const { queue } of connections) this.onQueue(queue);
    return joinWorkers(this.link.config.name, beats, connections);
  }

  #clients(): Promise<WorkerConnection[]> {
    if (this.#connections && Date.now() - this.#at < CLIENT_LIST_KEPT_MS) return this.#connections;
    this.#at = Date.now();
    const reading = this.link.call(async () => {
      const nodes = await mastersOf(this.link);
      const lists = await Promise.all(
        nodes.map((node) => node.client('LIST').catch((error) => this.#withoutClients(error))),
      );
      return lists.flatMap((list) => parseClientList(String(list), this.link.prefix) ?? []);
    });
    this.#connections = reading;
    reading.catch(() => {
      if (this.#connections === reading) this.#connections = null;
    });
    return reading;
  }

  /** Some hosts and users may not ask for CLIENTs: the beats are all there is to know then. */
  #withoutClients(error: Error): string {
    if (isRefusal(error)) void this.link.rights.look();
    else if (!/unknown command|not allowed/i.test(error.message)) throw error;
    return '';
  }
}

/** Queue and id in `<prefix>:<queue>:<id>`, where both may hold `:`: the longest known queue wins, else the last `:` divides. */
function splitKey(key: string, prefix: string, queues: readonly string[]): JobRef | null {
  if (!key.startsWith(`${prefix}:`)) return null;
  const rest = key.slice(prefix.length + 1);
  const queue = queues.filter((name) => rest.startsWith(`${name}:`)).sort((a, b) => b.length - a.length)[0];
  const end = queue?.length ?? rest.lastIndexOf(':');
  return end <= 0 ? null : { queue: rest.slice(0, end), id: rest.slice(end + 1) };
}
