import type { SchedulerDefinition } from '@/lib/backends/schedulers';
import { NewName } from '@/lib/contracts/common';
import { CodedError } from '@/lib/contracts/errors';
import { parseInput } from '@/lib/contracts/parse-input';
import type { PutScheduler } from '@/lib/contracts/schedulers';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { editPaused } from '@/lib/schedulers/paused';
import {
  findStanding,
  isBusy,
  openScheduler,
  refuseLegacy,
  requireStanding,
  type SchedulerAsk,
  type Standing,
} from '@/lib/schedulers/standing';
import { checkSchedule, invalid, toSchedule } from '@/lib/schedulers/timing';
import { toScheduler } from '@/lib/schedulers/to-row';
import { requireAddable } from '@/lib/sources/find';
import { checkTaskInput } from '@/lib/tasks/check-input';
import { readRules } from '@/lib/tasks/definitions';
import { withPolicy } from '@/lib/tasks/policy';
import { action } from '@/lib/verbs';

/** Creates it, or replaces the one of this id with its runs counted on; a paused one stays paused. */
export const putScheduler = action(
  'scheduler.put',
  async (ask, { body, ...input }) => {
    if (/:\d+$/.test(input.scheduler))
      throw invalid('scheduler', 'must not end like a run of another scheduler (":" and digits)');
    const of = openScheduler(ask, input);
    const standing = await findStanding(of);
    if (standing === null) await requireNew(of);
    const definition = await define(of, body, standing);
    if (standing?.kind === 'paused') {
      if (!(await editPaused(ask.store, standing.paused, definition))) throw isBusy();
    } else await putInBroker(of, definition, standing);
    return toScheduler(of, await requireStanding(of));
  },
  ({ scheduler, body: { pattern, everyMs, tz, limit, template } }) => ({
    scheduler,
    ...{ pattern, everyMs, tz, limit, name: template.name },
  }),
);

/** What is there may be called anything; a new scheduler is held to the names that we give. */
async function requireNew({ entry, key }: SchedulerAsk): Promise<void> {
  await requireAddable(entry, key.queue);
  parseInput(NewName, key.id, ['scheduler']);
}

async function define(
  { ask, key }: SchedulerAsk,
  { template, limit, ...timing }: PutScheduler,
  standing: Standing | null,
): Promise<SchedulerDefinition> {
  const schedule = toSchedule(timing);
  checkSchedule(schedule);
  const before = standing && (standing.kind === 'live' ? standing.found : standing.paused).definition;
  const iterations = before?.iterations ?? null;
  if (limit !== undefined && iterations !== null && iterations > limit)
    throw invalid('limit', `is reached: it has run ${iterations - 1} times`);
  const { name, data, options } = template;
  return {
    ...schedule,
    name,
    limit: limit ?? null,
    iterations,
    offsetMs: standing?.kind === 'paused' && before?.everyMs === schedule.everyMs ? (before.offsetMs ?? null) : null,
    data: JSON.stringify(data),
    opts: JSON.stringify(toStoredOptions(await withTaskRules(ask, key, { name, data, options }))),
  };
}

/** A registered task's name on its own queue is held to the task's schema, and has its retries. */
async function withTaskRules(
  ask: SchedulerAsk['ask'],
  { source, queue }: SchedulerAsk['key'],
  { name, data, options }: PutScheduler['template'],
): Promise<PutScheduler['template']['options']> {
  const definitions = await readRules(ask);
  const known = definitions.find(({ task }) => task.source === source && task.queue === queue && task.name === name);
  if (!known) return options;
  checkTaskInput(known, data, 'template.data');
  return withPolicy(known.task, options);
}

/** As brokers keep them. */
function toStoredOptions({ backoff, ...same }: PutScheduler['template']['options']) {
  if (!backoff) return same;
  const { delayMs, ...rest } = backoff;
  return { ...same, backoff: { ...rest, delay: delayMs } };
}

async function putInBroker(
  { entry, schedulers, key }: SchedulerAsk,
  definition: SchedulerDefinition,
  standing: Standing | null,
): Promise<void> {
  if (standing?.kind === 'live') refuseLegacy(standing.found);
  const put = await schedulers.put(key.queue, key.id, definition, standing === null);
  if (put.kind === 'exists')
    throw new CodedError('scheduler_conflict', 'Another request has just created it: look at it, then put again.');
  if (put.kind === 'refused') throw new CodedError('scheduler_conflict', put.reason);
  sharedSnapshot(entry.backend).readSoon();
}
