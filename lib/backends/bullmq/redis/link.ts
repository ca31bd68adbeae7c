import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { CodedError } from '@/lib/contracts/errors';
import type { SourceConfig } from '@/lib/env';
import { brokerAway, describeOutage, isRefusal, toBrokerError } from '../broker-errors';
import { BrokerTime } from './broker-time';
import { COMMAND_TIMEOUT_MS, connectRedis, databaseOf, type RedisClient } from './connect';
import { Rights } from './rights';

/** A read-only Lua script, run by its hash; the text is sent only when the server does not know it. */
export interface LuaScript {
  sha: string;
  lua: string;
}

export const luaScript = (lua: string): LuaScript => ({ lua, sha: createHash('sha1').update(lua).digest('hex') });

const CALL_LIMIT_MS = 2_600;
/** After a silence the next calls do not wait that long again. */
const SILENT_LIMIT_MS = 700;
const READY_LIMIT_MS = 1_200;
/** How long a refused call waits to learn which right it lacks. */
const EXPLAIN_LIMIT_MS = 500;
const MAY_NOT_CHANGE =
  'The broker\'s user may not change this: the line "operate" of the README has the rights that it needs.';

/**
 * Counts what goes over a connection: each command as it is sent, and bytes both ways of the connections that are closed by now and
 * of the open one. Of a Cluster's nodes only the commands.
 */
function countCommands(client: RedisClient, cost: { commands: number; bytes: number }, time: BrokerTime): void {
  const send = client.sendCommand.bind(client) as (...args: unknown[]) => unknown;
  client.sendCommand = ((...args: unknown[]) => {
    cost.commands += 1;
    time.note((args[0] as { name?: string }).name ?? '');
    return send(...args);
  }) as typeof client.sendCommand;
  if (client instanceof Cluster) return;
  let before = 0;
  const bytesOf = () => {
    const stream = (client as unknown as { stream?: { bytesRead?: number; bytesWritten?: number } }).stream;
    return (stream?.bytesRead ?? 0) + (stream?.bytesWritten ?? 0);
  };
  client.on('close', () => {
    before += bytesOf();
  });
  Object.defineProperty(cost, 'bytes', { get: () => before + bytesOf(), enumerable: true });
}

/** One source's connections, and the two rules of all calls: an outage is `broker_unavailable`, and it is known within 3 s. */
export class RedisLink {
  readonly prefix: string;
  readonly reads: RedisClient;
  #writes: RedisClient | null = null;
  #silent = false;
  readonly #cost = { commands: 0, bytes: 0 };
  readonly #time = new BrokerTime();
  /** What connecting failed with last; null once it stands. */
  #trouble: unknown = null;
  readonly rights: Rights;

  constructor(readonly config: SourceConfig) {
    this.prefix = config.prefix;
    this.reads = connectRedis(config, 'reads');
    countCommands(this.reads, this.#cost, this.#time);
    this.rights = new Rights(config.prefix, databaseOf(config), (commands) => askEach(this.reads, commands));
    this.reads.on('error', (error) => {
      this.#trouble = error;
      if (isRefusal(error)) void this.rights.look();
    });
    this.reads.on('ready', () => {
      this.#trouble = null;
    });
  }

  /** What was asked over `reads` since it was opened. `brokerMs`: about how long the broker was busy with it; null = not known yet. */
  readCost(): { commands: number; bytes: number; brokerMs: number | null } {
    this.#time.refresh(() => this.readCommandStats());
    return { commands: this.#cost.commands, bytes: this.#cost.bytes, brokerMs: this.#time.ms };
  }

  readCommandStats(): Promise<string> {
    return this.call(() => this.reads.info('commandstats'));
  }

  get isCluster(): boolean {
    return this.reads instanceof Cluster;
  }

  /** The connection for changes, made when the first change is asked for. */
  get writes(): RedisClient {
    this.#writes ??= connectRedis(this.config, 'writes');
    return this.#writes;
  }

  /** `bull:emails:`, to which a job id or a structure's name is added. */
  base(queue: string): string {
    return `${this.prefix}:${queue}:`;
  }

  /** `explain`: which right it is that a refused call lacks. */
  async call<T>(run: () => Promise<T>, explain = () => this.rights.blocking): Promise<T> {
    const limit = new AbortController();
    const ms = this.#silent ? SILENT_LIMIT_MS : CALL_LIMIT_MS;
    const late = sleep(ms, undefined, { signal: limit.signal }).then(() => {
      throw new Error('Call timed out');
    });
    late.catch(() => undefined);
    try {
      const result = await Promise.race([run(), late]);
      this.#silent = false;
      return result;
    } catch (error) {
      this.#silent = /timed out/i.test((error as Error).message);
      if (isRefusal(error)) await this.#awhile(this.rights.look());
      throw this.#withReason(toBrokerError(error, explain));
    } finally {
      limit.abort();
    }
  }

  /** A call says only that there is no connection, or no answer; why there is none the connection knows. */
  #withReason(error: unknown): unknown {
    if (this.#trouble === null || !(error instanceof CodedError) || error.code !== 'broker_unavailable') return error;
    const sentence = describeOutage(this.#trouble);
    return sentence === null ? error : brokerAway(sentence, error);
  }

  /** Its rights are known after this, unless it answers slowly. */
  checkRights(): Promise<void> {
    return this.#awhile(this.rights.check());
  }

  async #awhile(looking: Promise<void>): Promise<void> {
    await Promise.race([looking, sleep(EXPLAIN_LIMIT_MS, undefined, { ref: false })]);
  }

  script(script: LuaScript, keys: string[], args: (string | number)[]): Promise<unknown> {
    return runScript(this.reads, script, keys, args);
  }

  /**
   * Runs a change. The broker is asked first whether it answers: what is written to one that hangs would be done when it
   * wakes, long after its caller was told that it was not.
   */
  change<T>(run: (writes: RedisClient) => Promise<T>): Promise<T> {
    return this.call(
      async () => {
        await whenReady(this.writes);
        await Promise.race([unlessRefused(this.writes.ping()), timeout(COMMAND_TIMEOUT_MS / 2)]);
        return run(this.writes);
      },
      () => this.rights.blocking ?? MAY_NOT_CHANGE,
    );
  }

  async close(): Promise<void> {
    for (const client of [this.reads, this.#writes]) client?.disconnect();
  }
}

export async function runScript(
  client: RedisClient,
  script: LuaScript,
  keys: string[],
  args: (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await client.evalsha(script.sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return client.eval(script.lua, keys.length, ...keys, ...args);
  }
}

/** A refusal is an answer, too; null then. */
export async function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** Each by itself: on Cluster they belong to several nodes. */
function askEach(client: RedisClient, commands: string[][]): Promise<[error: Error | null, value: unknown][]> {
  return Promise.all(
    commands.map(([name = '', ...args]) =>
      client.call(name, ...args).then(
        (value): [null, unknown] => [null, value],
        (error: Error): [Error, null] => [error, null],
      ),
    ),
  );
}

async function timeout(ms: number): Promise<never> {
  await sleep(ms, undefined, { ref: false });
  throw new Error('Call timed out');
}

/** Waits a moment for a connection that is being made; rejects with `broker_unavailable`. */
export async function whenReady(client: RedisClient): Promise<void> {
  if (client.status === 'ready') return;
  const limit = new AbortController();
  const ready = new Promise<void>((resolve) => {
    client.once('ready', resolve);
    limit.signal.addEventListener('abort', () => client.off('ready', resolve), { once: true });
  });
  const late = sleep(READY_LIMIT_MS, 'late' as const, { signal: limit.signal }).catch(() => 'done' as const);
  const first = await Promise.race([ready, late]);
  limit.abort();
  if (first === 'late') throw brokerAway('The broker is away.');
}
