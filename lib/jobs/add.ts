import type { NewJob } from '@/lib/backends/backend';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { type EnqueuedMany, JobInput } from '@/lib/contracts/jobs';
import { parseInput } from '@/lib/contracts/parse-input';
import { enqueue } from '@/lib/jobs/enqueue';
import { findSource, requireAddable } from '@/lib/sources/find';
import { checkTaskInput } from '@/lib/tasks/check-input';
import { type Definition, readRules } from '@/lib/tasks/definitions';
import { withPolicy } from '@/lib/tasks/policy';
import { Answer, type Ask, action } from '@/lib/verbs';

type Item = EnqueuedMany['items'][number];

/** One job → 201 (200 when its id was taken); a list → 207, each item with its own status, in the input's order. */
export const addJobs = action(
  'job.add',
  async (ask, { source, queue, body }) => {
    const entry = findSource(ask.sources, source);
    await requireAddable(entry, queue);
    const known = await definitionsOf(ask, source, queue);
    if (Array.isArray(body)) return addMany(ask, entry, queue, body, known);
    const job = prepare(body, known);
    const [added] = await enqueue(ask, entry, queue, [job], { scope: `job.add ${source} ${queue}`, body });
    if (!added || added instanceof CodedError) throw added ?? new Error('enqueue answered no job');
    return new Answer(added.job, added.status, added.headers);
  },
  ({ body }, output) => {
    if (Array.isArray(body)) return { items: body.length };
    return output instanceof Answer
      ? { id: (output.body as { id: string }).id, name: (body as { name: string }).name }
      : null;
  },
);

async function addMany(ask: Ask, entry: SourceEntry, queue: string, body: unknown[], known: Definition[]) {
  const judged = body.map((item) => judge(item, known));
  const good = judged.flatMap((one) => (one.job ? [one.job] : []));
  const request = { scope: `job.add ${entry.config.name} ${queue}`, body };
  const added = good.length > 0 ? await enqueue(ask, entry, queue, good, request) : [];
  let next = 0;
  const items = judged.map((one): Item => {
    if (one.error) return { status: one.error.status, job: null, error: toItemError(one.error) };
    const result = added[next++];
    if (!result) throw new Error('enqueue answered fewer jobs than it was given');
    if (result instanceof CodedError) return { status: result.status, job: null, error: toItemError(result) };
    return { status: result.status, job: result.job, error: null };
  });
  const [first] = added;
  const replayed = first instanceof CodedError ? undefined : first?.headers['idempotency-replayed'];
  return new Answer({ items }, replayed ? 200 : 207, replayed ? { 'idempotency-replayed': replayed } : {});
}

function judge(item: unknown, known: Definition[]): { job: NewJob; error: null } | { job: null; error: CodedError } {
  try {
    return { job: prepare(parseInput(JobInput, item), known), error: null };
  } catch (error) {
    if (error instanceof CodedError) return { job: null, error };
    throw error;
  }
}

/** A registered task's name on its own queue is held to the task's schema; anything else is the caller's own. */
function prepare(input: unknown, known: Definition[]): NewJob {
  const job = input as JobInput;
  const definition = known.find(({ task }) => task.name === job.name);
  if (!definition) return job;
  checkTaskInput(definition, job.data, 'data');
  return { ...job, options: withPolicy(definition.task, job.options) };
}

async function definitionsOf(ask: Ask, source: string, queue: string): Promise<Definition[]> {
  const definitions = await readRules(ask);
  return definitions.filter(({ task }) => task.source === source && task.queue === queue);
}

const toItemError = (error: CodedError) => ({
  code: error.code,
  detail: error.detail,
  errors: error.extra.errors ?? [],
});
