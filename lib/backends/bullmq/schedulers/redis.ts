import type { IQueueBackend } from 'bullmq';
import type {
  BrokerScheduler,
  FoundScheduler,
  PutOutcome,
  SchedulerDefinition,
  SchedulerMethods,
  SchedulerPlace,
} from '@/lib/backends/schedulers';
import { earlierRuns } from '@/lib/cron';
import { prepareStored } from '../actions';
import type { RedisChanges } from '../redis/change-jobs';
import { type RedisLink, runScript } from '../redis/link';
import { groupBySlot } from '../redis/masters';
import { buildScript } from '../redis/scripts/built';
import { runNamesOf, withPending } from './repeatables';
import {
  FIND_SCHEDULER,
  LAST_RUNS,
  LIST_SCHEDULERS,
  PUT_SCHEDULER,
  REMOVE_SCHEDULER,
  SCHEDULER_FIELDS,
  SCHEDULER_ROWS,
} from './scripts';
import { RUNS_TRIED, type StoredScheduler, toDefinition, toRow, withLastRun } from './shape';
import { type SchedulerInsert, upsertScheduler } from './upsert';

/** Queues of one script call: each costs a few µs where it has no scheduler. */
const QUEUES_PER_STEP = 100;
/** Schedulers whose runs one script call looks for: ≈ 10 µs each. */
const RUNS_PER_STEP = 100;

export interface RedisSchedulerPorts {
  link: RedisLink;
  changes: RedisChanges;
  queueNames(): Promise<string[]>;
  changed<T>(queue: string, run: () => Promise<T>): Promise<T>;
}

interface Listed {
  queue: string;
  id: string;
  nextMs: number;
}

export function openRedisSchedulers({ link, changes, queueNames, changed }: RedisSchedulerPorts): SchedulerMethods {
  return {
    async list(queue, from, limit) {
      const queues = queue === null ? await queueNames() : [queue];
      return link.call(async () => readRows(link, await listNext(link, queues, from, limit)));
    },
    have: (ids) =>
      link.call(async () => {
        const scores = await Promise.all(
          ids.map(({ queue, id }) => link.reads.zscore(`${link.base(queue)}repeat`, id)),
        );
        return scores.map((score) => score !== null);
      }),
    lastRuns: (rows) => link.call(() => readLastRuns(link, rows)),
    find: (queue, id) => link.call(() => findScheduler(link, queue, id)),
    put: (queue, id, definition, onlyAbsent) =>
      changed(queue, () => putScheduler(changes, queue, id, definition, onlyAbsent)),
    remove: (queue, id, print) =>
      changed(queue, async () => {
        const base = link.base(queue);
        const keys = [`${base}repeat`, `${base}delayed`, `${base}events`];
        const args = [id, base, print ?? '', ...runNamesOf({ id, legacy: true })];
        return (await changes.run(REMOVE_SCHEDULER, keys, args)) as 'done' | 'gone' | 'changed';
      }),
    run: (queue, { name, data, opts }) =>
      changed(queue, async () => {
        const { priority } = JSON.parse(opts) as { priority?: number };
        const stored = { name, data, opts, priority: priority ?? 0 };
        const [added] = await changes.insert(queue, [
          prepareStored(changes.nameOf(queue), stored, undefined, undefined),
        ]);
        if (!added) throw new Error('the broker answered no job');
        return added.id;
      }),
  };
}

async function listNext(link: RedisLink, queues: string[], from: SchedulerPlace | null, limit: number) {
  const found: Listed[] = [];
  for (const group of groupBySlot(link, queues))
    for (let i = 0; i < group.length; i += QUEUES_PER_STEP) {
      const step = group.slice(i, i + QUEUES_PER_STEP);
      const modes = step.flatMap((queue) => modeOf(from, queue));
      const keys = step.map((queue) => `${link.base(queue)}repeat`);
      const replies = (await link.script(LIST_SCHEDULERS, keys, [limit, from?.atMs ?? '', ...modes])) as string[][];
      for (const [n, queue] of step.entries()) found.push(...toListed(queue, replies[n] ?? []));
    }
  // Stable: of one queue and moment, the broker's own order of ids stays.
  found.sort((a, b) => a.nextMs - b.nextMs || (a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0));
  return found.slice(0, limit);
}

function modeOf(from: SchedulerPlace | null, queue: string): [mode: string, id: string] {
  if (from === null || from.after === 'none') return ['from', ''];
  if (from.after === 'all') return ['beyond', ''];
  if (queue === from.after.queue) return ['after', from.after.id];
  return [queue < from.after.queue ? 'beyond' : 'from', ''];
}

function toListed(queue: string, flat: string[]): Listed[] {
  const rows: Listed[] = [];
  for (let i = 0; i < flat.length; i += 2) rows.push({ queue, id: flat[i] ?? '', nextMs: Number(flat[i + 1]) });
  return rows;
}

async function readRows(link: RedisLink, listed: Listed[]): Promise<BrokerScheduler[]> {
  const hashes = new Map<Listed, (string | null)[]>();
  const byQueue = new Map<string, Listed[]>();
  for (const one of listed) byQueue.set(one.queue, [...(byQueue.get(one.queue) ?? []), one]);
  for (const [queue, some] of byQueue) {
    const keys = some.map(({ id }) => `${link.base(queue)}repeat:${id}`);
    const replies = (await link.script(SCHEDULER_ROWS, keys, [])) as (string | null)[][];
    for (const [n, one] of some.entries()) hashes.set(one, replies[n] ?? []);
  }
  const rows = listed.map((one) => {
    const values = hashes.get(one) ?? [];
    const legacy = values[SCHEDULER_FIELDS.length] === '1';
    return toRow(one.queue, one.id, one.nextMs, toStored(values), legacy);
  });
  return readLastRuns(link, rows);
}

/** In the order of SCHEDULER_FIELDS. */
function toStored(values: (string | null)[]): StoredScheduler {
  const entries = SCHEDULER_FIELDS.map((field, i) => [field, values[i] ?? ''] as const);
  return Object.fromEntries(entries) as unknown as StoredScheduler;
}

async function readLastRuns(link: RedisLink, rows: BrokerScheduler[]): Promise<BrokerScheduler[]> {
  const byQueue = new Map<string, BrokerScheduler[]>();
  for (const row of rows) byQueue.set(row.queue, [...(byQueue.get(row.queue) ?? []), row]);
  const known = new Map<BrokerScheduler, BrokerScheduler>();
  for (const [queue, all] of byQueue)
    for (let i = 0; i < all.length; i += RUNS_PER_STEP) {
      const step = all.slice(i, i + RUNS_PER_STEP);
      const args = step.flatMap((row) => {
        const runs = earlierRuns(row, row.nextMs, RUNS_TRIED);
        return [runNamesOf(row)[0] ?? row.id, row.nextMs, runs.length, ...runs];
      });
      const base = link.base(queue);
      const replies = (await link.script(LAST_RUNS, [`${base}repeat`], [base, ...args])) as string[][];
      for (const [n, row] of step.entries()) known.set(row, withLastRun(row, toRun(replies[n] ?? [])));
    }
  return rows.map((row) => known.get(row) ?? row);
}

function toRun([job, state, startedOn, finishedOn, error]: string[]) {
  if (!job || !state) return null;
  return { job, state, startedMs: Number(startedOn), finishedMs: Number(finishedOn), error: error ?? '' };
}

async function findScheduler(link: RedisLink, queue: string, id: string): Promise<FoundScheduler | null> {
  const base = link.base(queue);
  const args = [id, base, ...runNamesOf({ id, legacy: true })];
  const reply = (await link.script(FIND_SCHEDULER, [`${base}repeat`], args)) as [string, string, string[], ...string[]];
  const [print, score, flat, repeatable, run = '', name = '', data = '', opts = '', bytes = 0] = reply;
  if (print === undefined) return null;
  const hash = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) hash.set(flat[i] ?? '', flat[i + 1] ?? '');
  const stored = toStored(SCHEDULER_FIELDS.map((field) => hash.get(field) ?? null));
  const bare = toRow(queue, id, Number(score), stored, repeatable === '1');
  const [row = bare] = await readLastRuns(link, [bare]);
  const definition = toDefinition(row, stored, hash.get('data') ?? '', hash.get('opts') ?? '');
  const found = { row, definition, print, templateFault: null };
  return row.legacy ? withPending(found, { id: run, name, data, opts, bytes: Number(bytes) }) : found;
}

/** BullMQ's backend packs the arguments; the script that they go to is ours, with BullMQ's inside. */
function putScheduler(
  changes: RedisChanges,
  queue: string,
  id: string,
  definition: SchedulerDefinition,
  onlyAbsent: boolean,
): Promise<PutOutcome> {
  return changes.change(queue, (backend) =>
    upsertScheduler(changes.nameOf(queue), id, definition, async (args: SchedulerInsert) => {
      let reply: unknown;
      const execCommand = async (_client: unknown, _name: string, sent: (string | number)[]) => {
        const { writes } = changes.link;
        const more = [onlyAbsent ? '1' : '', definition.iterations ?? ''];
        const keys = sent.slice(0, 11).map(String);
        reply = await runScript(writes, buildScript(writes, PUT_SCHEDULER), keys, [...sent.slice(11), ...more]);
        return reply;
      };
      const packing = Object.create(backend, { execCommand: { value: execCommand } }) as IQueueBackend;
      const added = await packing.addJobScheduler(...args);
      return reply === 0 ? 'exists' : added;
    }),
  );
}
