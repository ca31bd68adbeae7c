import {
  createIORedisClient,
  createRedisBackend,
  type IQueueBackend,
  type IRedisTransaction,
  type MinimalQueue,
  type RedisQueueBackend,
} from 'bullmq';
import type { ChainableCommander, Redis } from 'ioredis';
import type { AddedJob, Cancelled, CancelOrder, NewJob } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { type ActionPorts, addJobs, type Inserted, minimalQueue, ofScheduler, type PreparedJob } from '../actions';
import { type ControlChannel, requestCancel } from '../control/protocol';
import { tooManyJobs } from '../tree-refusals';
import type { RedisClient } from './connect';
import { readState } from './get-job';
import { type LuaScript, type RedisLink, runScript } from './link';
import { type BuiltScript, buildScript } from './scripts/built';
import { CANCEL } from './scripts/cancel';
import { REMOVE_REST } from './scripts/remove';
import { toRawRow } from './scripts/row';
import { toRow } from './to-row';

/** One step of a removal holds the broker so long, and looks at so many jobs. */
export const STEP_MS = 3;
const REST_STEP = 100;

/** BullMQ's own operations over the source's connection for changes. */
export class RedisChanges implements ActionPorts {
  #root: RedisQueueBackend | null = null;

  constructor(readonly link: RedisLink) {}

  readState(queue: string, id: string) {
    return readState(this.link, queue, id);
  }

  change<T>(queue: string, run: (backend: IQueueBackend) => Promise<T>): Promise<T> {
    return this.link.change(async (writes) => run(await this.#of(writes, queue)));
  }

  /** One atomic step of ours, over the connection for changes. */
  run(script: LuaScript | BuiltScript, keys: string[], args: (string | number)[]): Promise<unknown> {
    return this.link.change(async (writes) => {
      if ('lua' in script) return runScript(writes, script, keys, args);
      await this.#rootOf(writes);
      return runScript(writes, buildScript(writes, script), keys, args);
    });
  }

  add(queue: string, jobs: NewJob[]): Promise<AddedJob[]> {
    return addJobs(this, queue, jobs, (entries) => this.insert(queue, entries), this.nameOf(queue));
  }

  /** Names the queue to BullMQ's Job, which prepares without a connection. */
  nameOf(queue: string): MinimalQueue {
    return createRedisName(this.link.prefix, queue);
  }

  async cancel(queue: string, id: string, order: CancelOrder, channel: ControlChannel): Promise<Cancelled> {
    const removed = await this.#removeBeforeRun(queue, id);
    if (removed !== 'active') return removed;
    const outcome = await this.link.change(() => requestCancel(channel, { queue, id, ...order }));
    if (outcome.kind === 'requested')
      return { kind: 'requested', acknowledged: outcome.acknowledged, workerBeats: outcome.workerBeats };
    const { state } = await this.readState(queue, id);
    return state === null ? { kind: 'gone' } : { kind: 'wrong-state', state };
  }

  async #removeBeforeRun(queue: string, id: string): Promise<Cancelled | 'active'> {
    const base = this.link.base(queue);
    const reply = await this.run(CANCEL, [base + id, `${base}repeat`], [id, '1', base]);
    const [word, state, row, ...rest] = reply as [string, JobState | undefined, unknown, ...string[]];
    switch (word) {
      case 'gone':
        return { kind: 'gone' };
      case 'active':
        return 'active';
      case 'scheduler':
        return ofScheduler();
      case 'large':
        return { kind: 'refused', reason: tooManyJobs(Number(state)) };
      case 'removed':
        await this.removeRest(base + id, rest);
        return { kind: 'removed', job: toRow(toRawRow(row), state ?? 'waiting') };
      case 'locked':
        if (state === 'waiting-children')
          return { kind: 'refused', reason: 'One of its children is running: cancel that first.' };
        return { kind: 'locked' };
      default:
        return { kind: 'wrong-state', state: word as JobState };
    }
  }

  /** What hung on a job that is gone, step by step. */
  async removeRest(key: string, rest: readonly string[]): Promise<void> {
    for (let at = 0; at < rest.length; ) {
      const some = rest.slice(at, at + REST_STEP);
      at += Number(await this.run(REMOVE_REST, [key], [STEP_MS, ...some]));
    }
  }

  /** All in one MULTI: a broker that goes away meanwhile has all of them or none. */
  async insert(queue: string, entries: PreparedJob[]): Promise<Inserted[]> {
    const base = this.link.base(queue);
    const replies = await this.link.change(async (writes) => {
      const backend = (await this.#of(writes, queue)) as RedisQueueBackend;
      const multi = createIORedisClient(writes as Redis).multi() as unknown as IRedisTransaction;
      const plain = multi as unknown as ChainableCommander;
      const added = entries.map(({ json, id, deduplicationId }) => {
        if (id !== undefined) plain.exists(base + id);
        if (deduplicationId !== null) plain.get(`${base}de:${deduplicationId}`);
        return backend.addJobToTransaction(multi, json, id as string);
      });
      await Promise.all(added);
      const replied = (await multi.exec()) as [Error | null, unknown][] | null;
      if (replied === null) throw new Error('Connection is closed.');
      return replied.map(resultOf);
    });
    let at = 0;
    const next = () => replies[at++];
    return entries.map(({ id, deduplicationId }) => {
      const exists = id === undefined ? 0 : next();
      const holder = deduplicationId === null ? null : next();
      const added = next();
      return { id: String(added), existed: (holder !== null && holder === added) || (exists === 1 && id === added) };
    });
  }

  async #of(writes: RedisClient, queue: string): Promise<IQueueBackend> {
    return (await this.#rootOf(writes)).forQueue(queue, this.link.prefix);
  }

  async #rootOf(writes: RedisClient): Promise<RedisQueueBackend> {
    if (!this.#root) {
      const options = {
        connection: writes,
        prefix: this.link.prefix,
        skipVersionCheck: true,
        skipWaitingForReady: true,
      };
      this.#root = createRedisBackend('-', options) as RedisQueueBackend;
      this.#root.on('error', () => undefined);
    }
    await this.#root.waitUntilReady();
    return this.#root;
  }
}

function resultOf([error, value]: [Error | null, unknown]): unknown {
  if (error) throw error;
  return value;
}

/** Job preparation needs names only, no connection. */
function createRedisName(prefix: string, queue: string): MinimalQueue {
  const toKey = (type: string) => `${prefix}:${queue}:${type}`;
  return minimalQueue({ qualifiedName: `${prefix}:${queue}`, keys: {}, toKey } as unknown as IQueueBackend, queue);
}
