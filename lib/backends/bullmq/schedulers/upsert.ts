import { defaultRepeatStrategy, type IQueueBackend, JobScheduler, type MinimalQueue } from 'bullmq';
import type { PutOutcome, SchedulerDefinition } from '@/lib/backends/schedulers';
import { decodeOptions } from '../job-options';

/** What BullMQ hands to the broker: the arguments of `addJobScheduler`, its payload in the caller's own text. */
export type SchedulerInsert = Parameters<IQueueBackend['addJobScheduler']>;

const REFUSALS: Record<string, string> = {
  '-10': 'A run of that very time is under way or has ended: try again after it.',
  '-11': 'The next runs are taken by jobs that an earlier scheduler of this id has left behind.',
};

/**
 * BullMQ's own JobScheduler plans the run and makes its options; only the step into the broker is ours. (Its constructor would open
 * a connection, and refuses names that others use.)
 */
export async function upsertScheduler(
  minimal: MinimalQueue,
  id: string,
  definition: SchedulerDefinition,
  insert: (args: SchedulerInsert) => Promise<[jobId: string, delayMs: number] | 'exists'>,
): Promise<PutOutcome> {
  let planned: string | 'exists' | null = null;
  const backend = {
    addJobScheduler: async (...args: SchedulerInsert) => {
      args[2] = definition.data;
      const added = await insert(args);
      planned = added === 'exists' ? added : added[0];
      return added === 'exists' ? ['repeat:-:0', 0] : added;
    },
  };
  const fields: object = { ...minimal, backend, repeatStrategy: defaultRepeatStrategy };
  const scheduler = Object.assign(Object.create(JobScheduler.prototype) as object, fields) as JobScheduler;
  const template = decodeOptions(definition.opts);
  try {
    await scheduler.upsertJobScheduler(id, toRepeat(definition), definition.name, {}, template, { override: true });
  } catch (error) {
    const refusal = REFUSALS[String((error as { code?: unknown }).code)];
    if (refusal === undefined) throw error;
    return { kind: 'refused', reason: refusal };
  }
  if (planned === 'exists') return { kind: 'exists' };
  if (planned === null)
    return { kind: 'refused', reason: 'It has no further run: its end is past, or its limit reached.' };
  return { kind: 'done', nextMs: Number(/:(\d+)$/.exec(planned)?.[1]) };
}

/** `count` is the number of the run before the one that is planned now. */
function toRepeat({ pattern, everyMs, tz, startMs, endMs, limit, iterations, offsetMs }: SchedulerDefinition) {
  return {
    ...(pattern === null ? {} : { pattern }),
    ...(everyMs === null ? {} : { every: everyMs }),
    ...(tz === null ? {} : { tz }),
    ...(startMs === null ? {} : { startDate: startMs }),
    ...(endMs === null ? {} : { endDate: endMs }),
    ...(limit === null ? {} : { limit }),
    ...(iterations !== null && iterations > 1 ? { count: iterations - 1 } : {}),
    ...(everyMs !== null && offsetMs !== null && offsetMs > 0 ? { offset: offsetMs } : {}),
  };
}
