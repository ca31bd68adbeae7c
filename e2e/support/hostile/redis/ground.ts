import type { ChainableCommander, Redis } from 'ioredis';
import type { OddPlace } from '../place';

type Name = string | Buffer;
type Fields = Record<string, Name | number>;

/** Structures of a queue that hold the ids of jobs. */
export type Structure = 'wait' | 'active' | 'prioritized' | 'delayed' | 'completed' | 'failed' | 'waiting-children';

const LISTS = new Set<string>(['wait', 'active']);
const NOW = Date.now();

/** Writes what somebody could have written into a broker of BullMQ's, command by command, and keeps where it is. */
export class RedisGround {
  constructor(
    readonly redis: Redis,
    readonly source: string,
    readonly places: OddPlace[] = [],
    private readonly open = new Map<string, OddPlace>(),
    /** Where commands wait until all of them are written at once. */
    private readonly held: ChainableCommander | null = null,
  ) {}

  key(queue: Name, part: Name): Buffer {
    return Buffer.concat([Buffer.from('bull:'), Buffer.from(queue), Buffer.from(':'), Buffer.from(part)]);
  }

  async call(command: string, ...args: (Name | number)[]): Promise<unknown> {
    if (this.held) return void this.held.call(command, ...args);
    return this.redis.call(command, ...args);
  }

  /** Nobody meets it half written: what a comparison saw before it was odd would not be told until the next one. */
  async atOnce(write: (ground: RedisGround) => Promise<unknown>): Promise<void> {
    const held = this.redis.multi();
    await write(new RedisGround(this.redis, this.source, this.places, this.open, held));
    for (const [error] of (await held.exec()) ?? []) if (error) throw error;
  }

  /** With its `meta`, so that it is found, and two ordinary jobs: one waits, one has failed. */
  async queue(name: Name): Promise<OddPlace> {
    const known = this.open.get(String(name));
    if (known) return known;
    const place = { source: this.source, queue: String(name), jobs: ['1', '2'], schedulers: [] };
    this.open.set(String(name), place);
    this.places.push(place);
    await this.call('HSET', this.key(name, 'meta'), 'opts.maxLenEvents', 10_000, 'version', 'bullmq:6.7.0');
    await this.call('SET', this.key(name, 'id'), 2);
    await this.put(name, 'wait', '1', {});
    await this.put(name, 'failed', '2', FAILED);
    return place;
  }

  /** A job of a queue in one structure, told by an event as BullMQ does. `fields` replace those of an ordinary one. */
  async put(queue: Name, structure: Structure, id: Name, fields: Fields): Promise<void> {
    const place = await this.queue(queue);
    if (!place.jobs.includes(String(id))) place.jobs.push(String(id));
    const whole: Fields = { name: 'odd', data: '{"a":1}', opts: '{"attempts":3}', timestamp: NOW, ...fields };
    await this.call('HSET', this.key(queue, id), ...Object.entries(whole).flat());
    await this.enlist(queue, structure, id);
    await this.tell(queue, '*', { event: 'added', jobId: id, name: 'odd' });
    await this.tell(queue, '*', { event: structure === 'wait' ? 'waiting' : structure, jobId: id, prev: 'active' });
  }

  async enlist(queue: Name, structure: Structure, id: Name, score = NOW): Promise<void> {
    const key = this.key(queue, structure);
    if (LISTS.has(structure)) await this.call('LPUSH', key, id);
    else await this.call('ZADD', key, structure === 'delayed' ? (score + 3_600_000) * 4_096 : score, id);
  }

  /** An event under an id of one's own. */
  async tell(queue: Name, at: string, fields: Fields): Promise<void> {
    await this.call('XADD', this.key(queue, 'events'), at, ...Object.entries(fields).flat());
  }
}

export const FAILED = {
  ats: 1,
  atm: 1,
  processedOn: NOW - 50,
  finishedOn: NOW - 10,
  failedReason: 'boom',
  stacktrace: '["Error: boom\\n    at run (job.js:1:1)"]',
} as const;
export const COMPLETED = { ats: 1, atm: 1, processedOn: NOW - 50, finishedOn: NOW - 10, returnvalue: '{"ok":1}' };
export { NOW };
