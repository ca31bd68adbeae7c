import { createRedisBackend, type RedisQueueBackend } from 'bullmq';
import type { Position } from '@/lib/backends/backend';
import type {
  BulkChange,
  BulkItem,
  BulkMethods,
  BulkOutcome,
  KeptJob,
  ReadData,
  ScanStep,
  ScanWants,
} from '@/lib/backends/bulk';
import type { JobState } from '@/lib/contracts/states';
import type { RedisClient } from '../connect';
import { type LuaScript, luaScript, type RedisLink } from '../link';
import { slotOf } from '../masters';
import { type BullmqTexts, changeScript } from './change-script';
import { KEEP_JOBS, READ_DATA, READ_STATES } from './pack-script';
import { SCAN_JOBS } from './scan-script';

/** CPU time of one step in the broker: two of them behind each other, and what else it does, stay far below 10 ms. */
const STEP_MS = 2;
/** How long a late step is refused. */
const FORGOTTEN_S = 3_600;
const IDS_PER_STEP = 2_000;
const LOOKS_PER_STEP = 1_000;
const JOBS_WITH_DATA_PER_STEP = 500;

interface BulkHooks {
  onChange(queue: string): void;
  /** Moves what waits in a paused queue to where its BullMQ 5 looks for it; again and again without harm. */
  park(queue: string): Promise<void>;
}

/**
 * The part of BullMQ's jobs that operations need, on Redis; see change-script.ts for what is atomic. Parking is not: a step that
 * fails there is asked for again, changes nothing twice by its marks, and parks then.
 */
export function openRedisBulk(link: RedisLink, { onChange, park }: BulkHooks): BulkMethods {
  let change: Promise<LuaScript> | null = null;
  const changeLua = (writes: RedisClient) => {
    change ??= readTexts(link, writes).then((texts) => luaScript(changeScript(texts)));
    change.catch(() => {
      change = null;
    });
    return change;
  };
  return {
    scanJobs: (queue, state, wants, position) => scanJobs(link, queue, state, wants, position),
    readStates: async (queue, ids) => {
      if (ids.length === 0) return [];
      const base = link.base(queue);
      const reply = await link.call(() => link.script(READ_STATES, [`${base}meta`], [base, ...ids]));
      return (reply as string[]).map((state) => (state === '' ? null : (state as JobState)));
    },
    keepJobs: (queue, ids) => keepJobs(link, queue, ids),
    readData: (queue, ids) => readData(link, queue, ids),
    changeJobs: async (operation, queue, what, items) => {
      if (items.length === 0) return [];
      const reply = await link.change(async (writes) => {
        const script = await changeLua(writes);
        const base = link.base(queue);
        return runBinary(
          writes,
          script,
          [marksKey(link, queue, operation), `${base}meta`],
          changeArgs(link, queue, what, items),
        );
      });
      for (const each of what.kind === 'move' ? [queue, what.toQueue] : [queue]) {
        onChange(each);
        await park(each);
      }
      return (reply as Buffer[]).map((outcome): BulkOutcome => outcome.toString() || null);
    },
    refuseMove: (queue, toQueue) => refuseMove(link, queue, toQueue),
    forgetMarks: async (operation, queue) => {
      const key = marksKey(link, queue, operation);
      await link.change(async (writes) => {
        const replies = await writes.multi().unlink(key).hset(key, '', 'ended').expire(key, FORGOTTEN_S).exec();
        if (replies === null) throw new Error('Connection is closed.');
      });
    },
    clearMarks: async (operation, queue) => {
      await link.change((writes) => writes.unlink(marksKey(link, queue, operation)));
    },
  };
}

/** HASH job id → outcome, in the slot of the queue. */
const marksKey = (link: RedisLink, queue: string, operation: string) => `queuedeck:${link.base(queue)}op:${operation}`;

function changeArgs(
  link: RedisLink,
  queue: string,
  what: BulkChange,
  items: readonly BulkItem[],
): (string | number | Buffer)[] {
  const from = 'from' in what ? what.from : '';
  const option =
    what.kind === 'retry' && what.resetAttempts ? '1' : what.kind === 'move' ? link.base(what.toQueue) : '0';
  const each = items.flatMap((item) => [item.id, item.print ?? '', item.kept ?? item.data ?? '']);
  const run = 'effectRun' in what ? (what.effectRun ?? '') : '';
  return [link.base(queue), what.kind, STEP_MS, from, option, run, ...each];
}

function refuseMove(link: RedisLink, queue: string, toQueue: string): string | null {
  if (queue === toQueue) return 'It is the queue that they are in.';
  if (!link.isCluster || slotOf(link.base(queue)) === slotOf(link.base(toQueue))) return null;
  return 'On this Cluster the two queues live in different slots: jobs cannot be moved in one step.';
}

const LISTS: Partial<Record<JobState, string[]>> = { waiting: ['wait', 'paused'], active: ['active'] };

async function scanJobs(
  link: RedisLink,
  queue: string,
  state: JobState,
  wants: ScanWants,
  position: Position | null,
): Promise<ScanStep> {
  const base = link.base(queue);
  const lists = LISTS[state];
  const byTime = wants.fromMs !== null || wants.toMs !== null;
  const look = wants.names !== null || wants.error !== null || byTime;
  const limit = wants.data ? JOBS_WITH_DATA_PER_STEP : look ? LOOKS_PER_STEP : IDS_PER_STEP;
  const args = [
    base,
    lists ? 'list' : 'zset',
    limit,
    STEP_MS,
    String(position?.a ?? ''),
    String(position?.b ?? ''),
    look ? '1' : '0',
    wants.data ? '1' : '0',
    byTime ? wants.timeField : '',
    wants.fromMs ?? 0,
    wants.toMs ?? Number.MAX_SAFE_INTEGER,
    wants.error ?? '',
    wants.names === null ? '0' : '1',
    ...(wants.names ?? []),
  ];
  const keys = (lists ?? [state]).map((name) => base + name);
  const [searched, a, b, ...found] = (await link.call(() => link.script(SCAN_JOBS, keys, args))) as string[];
  const jobs = [];
  for (let i = 0; i + 1 < found.length; i += 2) jobs.push({ id: String(found[i]), data: found[i + 1] || null });
  return { jobs, searched: Number(searched), next: a === '' ? null : { a: String(a), b: String(b) } };
}

async function keepJobs(
  link: RedisLink,
  queue: string,
  ids: readonly string[],
): Promise<{ through: number; jobs: KeptJob[] }> {
  const [through, found] = await readMany(link, KEEP_JOBS, queue, ids);
  const jobs: KeptJob[] = [];
  for (let i = 0; i + 4 < found.length; i += 5) {
    const [id, name, state, print] = found.slice(i, i + 4).map(String) as [string, string, JobState, string];
    jobs.push({ id, name, state, print, blob: found[i + 4] as Buffer });
  }
  return { through, jobs };
}

async function readData(
  link: RedisLink,
  queue: string,
  ids: readonly string[],
): Promise<{ through: number; jobs: ReadData[] }> {
  const [through, found] = await readMany(link, READ_DATA, queue, ids);
  const jobs: ReadData[] = [];
  for (let i = 0; i + 2 < found.length; i += 3) {
    const [id, data, print] = found.slice(i, i + 3).map(String) as [string, string, string];
    jobs.push({ id, data, print });
  }
  return { through, jobs };
}

async function readMany(
  link: RedisLink,
  script: LuaScript,
  queue: string,
  ids: readonly string[],
): Promise<[number, Buffer[]]> {
  if (ids.length === 0) return [0, []];
  const base = link.base(queue);
  const reply = await link.call(() => runBinary(link.reads, script, [`${base}meta`], [base, STEP_MS, ...ids]));
  const [through, ...found] = reply as [number, ...Buffer[]];
  return [Number(through), found];
}

/** Like runScript; texts in the reply stay bytes. */
async function runBinary(
  client: RedisClient,
  script: LuaScript,
  keys: string[],
  args: (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await client.callBuffer('EVALSHA', script.sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
    return client.callBuffer('EVAL', script.lua, keys.length, ...keys, ...args);
  }
}

/** BullMQ's texts as this version of BullMQ defines them on a client. */
async function readTexts(link: RedisLink, writes: RedisClient): Promise<BullmqTexts> {
  const options = { connection: writes, prefix: link.prefix, skipVersionCheck: true, skipWaitingForReady: true };
  const root = createRedisBackend('-', options) as RedisQueueBackend;
  root.on('error', () => undefined);
  await root.waitUntilReady();
  const scripts = Object.entries(writes.scriptsSet as Record<string, { lua: string }>);
  const textOf = (name: string) => {
    const text = scripts.find(([key]) => key.startsWith(`${name}:`))?.[1].lua;
    if (text === undefined) throw new Error(`BullMQ does not define ${name} as expected`);
    return text;
  };
  return { reprocessJob: textOf('reprocessJob'), promote: textOf('promote'), removeJob: textOf('removeJob') };
}
