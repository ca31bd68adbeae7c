import { randomInt } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { RedisInspection, SourceInspection } from '@/lib/backends/inspection';
import { SizeTally } from '@/lib/backends/size-tally';
import type { JobState } from '@/lib/contracts/states';
import { isRefusal } from '../../broker-errors';
import type { RedisLink } from '../link';
import { mastersOf } from '../masters';
import { SAMPLE_QUEUE, SAMPLED_PER_STATE } from './sample-script';

const QUEUES_MOST = 200;
/** Queues that are sampled at the same time: each is a short script, others get their turn between them. */
const AT_ONCE = 4;
const KEYS_SAMPLED = 100;

/** Settings of the first primary, and a sample over the queues. Each step holds the broker for under a millisecond. */
export async function inspectRedis(link: RedisLink, queues: string[]): Promise<SourceInspection> {
  const { info, skewMs, save, foreign } = await link.call(() => askServer(link));
  const { sizes, legacy, sampled } = await sampleQueues(link, queues);
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? null;
  const connected = Number(field('connected_clients') ?? Number.NaN);
  const lastSave = Number(field('rdb_last_save_time'));
  const uptimeS = Number(field('uptime_in_seconds') ?? Number.NaN);
  return {
    at: Date.now(),
    clockSkewMs: skewMs,
    startedAt: Number.isFinite(uptimeS) ? Date.now() - uptimeS * 1000 : null,
    clients: Number.isFinite(connected) ? { connected, max: Number(field('maxclients')) || null } : null,
    redis: {
      evictionPolicy: field('maxmemory_policy'),
      appendOnly: field('aof_enabled') === null ? null : field('aof_enabled') === '1',
      snapshots: save === null ? null : save !== '',
      lastSaveAt: lastSave > 0 ? lastSave * 1000 : null,
      writesFail: field('rdb_last_bgsave_status') === 'err' || field('aof_last_write_status') === 'err',
      foreign,
      legacy,
    },
    postgres: null,
    sizes: sizes.result(queues.length - sampled),
  };
}

async function askServer(link: RedisLink) {
  const [node] = await mastersOf(link);
  if (!node) throw new Error('Connection is closed.');
  const askedAt = Date.now();
  const time = await unlessRefused(link, node.time());
  const halfWay = (askedAt + Date.now()) / 2;
  const skewMs = time === null ? null : Math.round(Number(time[0]) * 1000 + Number(time[1]) / 1000 - halfWay);
  const [info, save, foreign] = await Promise.all([
    unlessRefused(link, node.info()),
    unlessRefused(link, readSave(node)),
    unlessRefused(link, sampleKeys(node, link.prefix)),
  ]);
  return { info: info ?? '', skewMs, save, foreign };
}

/** Null where this user may not ask that, which is then told with the rights that are missing. */
async function unlessRefused<T>(link: RedisLink, asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    void link.rights.look();
    return null;
  }
}

/** `''` = no snapshots; null where there is no CONFIG (most hosts). */
async function readSave(node: Redis): Promise<string | null> {
  try {
    const reply = (await node.config('GET', 'save')) as string[];
    return reply[1] ?? null;
  } catch (error) {
    if (isRefusal(error)) throw error;
    return null;
  }
}

async function sampleKeys(node: Redis, prefix: string): Promise<RedisInspection['foreign']> {
  try {
    const pipeline = node.pipeline();
    for (let i = 0; i < KEYS_SAMPLED; i++) pipeline.randomkey();
    const replies = (await pipeline.exec()) ?? [];
    const [first] = replies;
    if (first?.[0] && isRefusal(first[0])) throw first[0];
    const keys = replies.flatMap(([error, key]) => (error === null && typeof key === 'string' ? [key] : []));
    const others = keys.filter((key) => !key.startsWith(`${prefix}:`) && !key.startsWith('queuedeck:'));
    return { sampled: keys.length, foreign: others.length, example: others[0]?.slice(0, 80) ?? null };
  } catch (error) {
    if (isRefusal(error)) throw error;
    return null;
  }
}

/** Queues whose sample is refused are left out. */
async function sampleQueues(link: RedisLink, queues: string[]) {
  const sizes = new SizeTally();
  const legacy: RedisInspection['legacy'] = [];
  const chosen = queues.slice(0, QUEUES_MOST);
  let sampled = 0;
  for (let from = 0; from < chosen.length; from += AT_ONCE) {
    const some = chosen.slice(from, from + AT_ONCE);
    const replies = await Promise.all(
      some.map((queue) => link.call(() => unlessRefused(link, sampleQueue(link, queue)))),
    );
    for (const [i, reply] of replies.entries()) {
      if (reply === null) continue;
      take(some[i] ?? '', reply as unknown[], sizes, legacy);
      sampled += 1;
    }
  }
  return { sizes, legacy, sampled };
}

function sampleQueue(link: RedisLink, queue: string): Promise<unknown> {
  const base = link.base(queue);
  return link.script(SAMPLE_QUEUE, [`${base}meta`], [base, SAMPLED_PER_STATE, randomInt(2_000)]);
}

function take(queue: string, reply: unknown[], sizes: SizeTally, legacy: RedisInspection['legacy']): void {
  const [paused, repeats] = [Number(reply[0]), Number(reply[1])];
  if (paused > 0) legacy.push({ queue, kind: 'paused-list', count: paused });
  if (repeats > 0) legacy.push({ queue, kind: 'repeatables', count: repeats });
  for (let at = 3; at < reply.length; at += 3) {
    const state = reply[at] as JobState;
    const flat = reply[at + 2] as (string | number)[];
    const jobs = [];
    for (let i = 0; i < flat.length; i += 4)
      jobs.push({
        id: String(flat[i]),
        bytes: Number(flat[i + 1]),
        payloadBytes: Number(flat[i + 2]),
        name: String(flat[i + 3]),
      });
    sizes.add(queue, state, Number(reply[at + 1]), jobs);
  }
}
