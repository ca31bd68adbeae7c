import type { Cluster, Redis } from 'ioredis';
import { isRefusal, isWrongType } from '../broker-errors';
import { redisOrders } from './orders-redis';
import { BEAT_KEPT_MS, type Beat, type CancelRecord, type ControlChannel, isStale } from './protocol';
import { readBeat } from './read-beat';

/*
 * KEYS[1] the hash. All scripts touch one key, so that they run on Cluster.
 * WRITE_BEAT   ARGV id, Beat            stores "<broker's epoch ms> <Beat>"
 * REPLACE      ARGV field, old, new     '' = absent on either side; 1 when `old` stood there
 */
const WRITE_BEAT = `
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', ms) .. ' ' .. ARGV[2])
return 1`;
const REPLACE = `
local old = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if old ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1`;

export function controlChannelName(prefix: string): string {
  return `queuedeck:${prefix}:cancel`;
}

/** The control wire on Redis; see protocol.ts. */
export function redisControl(redis: Redis | Cluster, prefix: string): ControlChannel {
  const beatsKey = `queuedeck:${prefix}:beats`;
  const cancelsKey = `queuedeck:${prefix}:cancels`;
  const replace = async (field: string, old: string, next: string) =>
    (await redis.eval(REPLACE, 1, cancelsKey, field, old, next)) === 1;
  const readText = async (field: string) => (await redis.hget(cancelsKey, field)) ?? '';

  return {
    ...redisOrders(redis, prefix, controlChannelName(prefix)),
    writeBeat: async (beat) => {
      await redis.eval(WRITE_BEAT, 1, beatsKey, beat.id, JSON.stringify(beat));
    },
    removeBeat: async (processId) => {
      await redis.hdel(beatsKey, processId);
    },
    readBeats: async () => {
      const [all, now] = await Promise.all([readHash(redis, beatsKey), readTime(redis, beatsKey)]);
      return Object.values(all)
        .map((text) => parseBeat(text, now))
        .filter((beat): beat is Beat => beat !== null && Date.now() - beat.beatAt < BEAT_KEPT_MS);
    },
    readRun: async (queue, id) => {
      const fields = ['timestamp', 'atm', 'finishedOn'] as const;
      const [timestamp, made, finishedOn] = await redis
        .hmget(`${prefix}:${queue}:${id}`, ...fields)
        // A queue's own keys (`events`, `wait`) can be asked for like jobs; they are no hashes.
        .catch(noneIfOdd([null, null, null]));
      if (timestamp == null) return null;
      return { addedAtMs: Number(timestamp), attemptsMade: Number(made ?? 0), finished: finishedOn != null };
    },
    placeCancel: async (record) => {
      const field = fieldOf(record);
      for (;;) {
        const text = await readText(field);
        const standing = parseCancel(text);
        if (standing?.run === record.run) return standing;
        if (!(await replace(field, text, JSON.stringify(record)))) continue;
        await redis.publish(controlChannelName(prefix), field);
        return record;
      }
    },
    readCancel: async (queue, id) => parseCancel(await readText(fieldOf({ queue, id })).catch(noneIfOdd(''))),
    readCancels: async () => {
      const all = await readHash(redis, cancelsKey);
      return Object.values(all)
        .map(parseCancel)
        .filter((record): record is CancelRecord => record !== null);
    },
    acknowledgeCancel: (record, worker, at) =>
      replace(fieldOf(record), JSON.stringify(record), JSON.stringify({ ...record, acknowledgedAt: at, worker })),
    prune: async () => {
      const [beats, cancels, now] = await Promise.all([
        readHash(redis, beatsKey),
        readHash(redis, cancelsKey),
        readTime(redis, beatsKey),
      ]);
      const deadBeats = Object.keys(beats).filter((id) => now - Number.parseInt(beats[id] ?? '', 10) > BEAT_KEPT_MS);
      if (deadBeats.length > 0) await redis.hdel(beatsKey, ...deadBeats);
      for (const [field, text] of Object.entries(cancels)) {
        const record = parseCancel(text);
        if (record === null || isStale(record, now)) await replace(field, text, '');
      }
    },
  };
}

export function fieldOf(job: { queue: string; id: string }): string {
  return JSON.stringify([job.queue, job.id]);
}

/** Epoch ms by the broker, on Cluster by the node that holds the key; where it does not tell, by this machine. */
async function readTime(redis: Redis | Cluster, key: string): Promise<number> {
  const script = "local ok, t = pcall(redis.call, 'TIME') return ok and {t[1], t[2]}";
  const time = (await redis.eval(script, 1, key).catch(noneIfOdd(null))) as [string, string] | null;
  return time === null ? Date.now() : Number(time[0]) * 1000 + Math.floor(Number(time[1]) / 1000);
}

/** A key of ours that somebody put something else into, or that this user may not read, holds nothing; what others keep there stays theirs. */
const noneIfOdd =
  <T>(none: T) =>
  (error: unknown): T => {
    if (isWrongType(error) || isRefusal(error)) return none;
    throw error;
  };

const readHash = (redis: Redis | Cluster, key: string): Promise<Record<string, string>> =>
  redis.hgetall(key).catch(noneIfOdd({}));

function parseBeat(text: string, brokerNow: number): Beat | null {
  const space = text.indexOf(' ');
  const at = Number(text.slice(0, space));
  const beat = readBeat(parseJson(text.slice(space + 1)));
  if (beat === null || !Number.isFinite(at)) return null;
  return { ...beat, beatAt: Date.now() - (brokerNow - at) };
}

function parseCancel(text: string): CancelRecord | null {
  const record = parseJson<CancelRecord>(text);
  return record !== null && typeof record.run === 'string' && typeof record.queue === 'string' ? record : null;
}

function parseJson<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}
