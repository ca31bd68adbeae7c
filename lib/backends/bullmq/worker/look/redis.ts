import type { SourceConfig } from '@/lib/env';
import type { Beat } from '../../control/protocol';
import { redisControl } from '../../control/redis';
import { parseClientList, type WorkerConnection } from '../../redis/client-list';
import { RedisLink } from '../../redis/link';
import { mastersOf } from '../../redis/masters';
import { OUR_MARK } from '../our-mark';
import { UNKNOWN_NAMES } from './names-script';
import { othersOn } from './others';
import {
  asOddity,
  distinctNames,
  LOOKED_AT,
  type Looker,
  type QueueLook,
  type QueueWish,
  UNKNOWN_TOLD,
  type UnknownName,
} from './shape';

/** `paused` is what BullMQ 5 leaves. */
const STATES = ['wait', 'paused', 'active', 'prioritized', 'delayed', 'waiting-children', 'completed', 'failed'];

export function lookRedis(source: SourceConfig): Looker {
  const link = new RedisLink(source);
  const control = redisControl(link.reads, link.prefix);
  return {
    look: async (wishes) => {
      const [beats, connections] = await Promise.all([link.call(() => control.readBeats()), readForeign(link)]);
      return Promise.all(wishes.map((wish) => lookAt(link, wish, beats, connections).catch(asOddity)));
    },
    close: () => link.close(),
  };
}

async function lookAt(
  link: RedisLink,
  wish: QueueWish,
  beats: Beat[],
  connections: WorkerConnection[] | null,
): Promise<QueueLook> {
  return {
    others: connections && othersOn(wish.queue, beats, connections),
    unknown: await readUnknown(link, wish),
  };
}

async function readUnknown(link: RedisLink, { queue, names }: QueueWish): Promise<UnknownName[]> {
  const base = link.base(queue);
  const read = async (key: string, before: string, of: UnknownName['of']) => {
    const reply = await link.script(UNKNOWN_NAMES, [key], [before, LOOKED_AT, UNKNOWN_TOLD, ...names]);
    const flat = reply as string[];
    return flat.flatMap((name, i) => (i % 2 === 0 ? [{ name, id: flat[i + 1] ?? '', of }] : []));
  };
  const found = await link.call(() =>
    Promise.all([
      ...STATES.map((state) => read(base + state, base, 'job')),
      read(`${base}repeat`, `${base}repeat:`, 'scheduler'),
    ]),
  );
  return distinctNames(found.flat());
}

/** Workers' connections that are not ours; null where the server names none, or may not be asked. */
async function readForeign(link: RedisLink): Promise<WorkerConnection[] | null> {
  const lists = await link.call(async () => {
    const nodes = await mastersOf(link);
    return Promise.all(nodes.map((node) => node.client('LIST').catch(refusedAsNull)));
  });
  const parsed = lists.map((list) => (list === null ? null : parseClientList(String(list), link.prefix)));
  if (parsed.some((one) => one === null)) return null;
  return parsed.flatMap((one) => one ?? []).filter(({ name }) => !name?.startsWith(OUR_MARK));
}

function refusedAsNull(error: Error): null {
  if (/unknown command|NOPERM|not allowed/i.test(error.message)) return null;
  throw error;
}
