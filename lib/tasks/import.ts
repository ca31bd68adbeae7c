import type { NewJob } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import { parseInput } from '@/lib/contracts/parse-input';
import { type ImportReport, type RefusedLine, TaskOptions } from '@/lib/contracts/tasks';
import { type EnqueueResult, enqueue } from '@/lib/jobs/enqueue';
import { Slices } from '@/lib/slices';
import { findSource } from '@/lib/sources/find';
import { checkTaskInput } from '@/lib/tasks/check-input';
import type { Definition } from '@/lib/tasks/definitions';
import { findTask, requireTaken } from '@/lib/tasks/find-task';
import { type FieldSchema, readCsv } from '@/lib/tasks/import/read-csv';
import { type ReadLine, readNdjson } from '@/lib/tasks/import/read-ndjson';
import { readUploadText } from '@/lib/tasks/import/read-text';
import { toJobOptions, withPolicy } from '@/lib/tasks/policy';
import { type Ask, action } from '@/lib/verbs';

/** Of a batch: what is hashed, and written to the broker, at once. */
const BATCH = 500;
const BATCH_CHARS = 262_144;
const REFUSED_SHOWN = 200;
const JOBS_SHOWN = 20;

interface Judged {
  job: NewJob;
  given: unknown;
  chars: number;
}

/**
 * Enqueues a task for each line that fits, after the whole file was read and judged; the others are in the report. With an
 * Idempotency-Key each line has one of its own (the key and its place), so a file that is sent again after a crash adds what is
 * missing and nothing twice.
 */
export const importTask = action(
  'task.import',
  async (ask, { task: name, source: wanted, dryRun }) => {
    const found = await findTask(ask, { task: name, source: wanted });
    // With a key the file may have been added before the queue was left.
    if (dryRun || ask.headers.idempotencyKey === null) requireTaken(found);
    const entry = findSource(ask.sources, found.task.source);
    const lines = await readLines(ask, found);
    const { good, refused } = await judgeAll(lines, found);
    const { source, queue } = found.task;
    const report = { source, queue, task: name, dryRun, lines: lines.length, refusedCount: refused.length };
    const scope = wanted === undefined ? `task.import ${name}` : `task.import ${name} ${wanted}`;
    const added = dryRun ? [] : await addAll(ask, found, entry, good, scope);
    return {
      ...report,
      accepted: good.length,
      existed: added.filter(({ status }) => status === 200).length,
      refused: refused.slice(0, REFUSED_SHOWN),
      jobs: added.slice(0, JOBS_SHOWN).map(({ job }) => job),
    };
  },
  ({ task, dryRun }, output) => {
    const report = output as ImportReport | null;
    return report
      ? { task, dryRun, accepted: report.accepted, existed: report.existed, refused: report.refusedCount }
      : { task, dryRun };
  },
);

async function readLines({ upload }: Ask, { task }: Definition): Promise<ReadLine[]> {
  if (!upload) throw new CodedError('unsupported_media_type', 'Send a file.');
  const text = await readUploadText(upload.bytes);
  const lines = await (upload.type === 'text/csv' ? readCsv(text, task.inputSchema as FieldSchema) : readNdjson(text));
  if (lines.length === 0) throw new CodedError('validation_failed', 'The file holds no line to enqueue.');
  return lines;
}

async function judgeAll(lines: ReadLine[], found: Definition): Promise<{ good: Judged[]; refused: RefusedLine[] }> {
  const slices = new Slices();
  const good: Judged[] = [];
  const refused: RefusedLine[] = [];
  for (const one of lines) {
    try {
      if (one.errors) refused.push({ line: one.line, errors: one.errors });
      else good.push(judge(one, found));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      const errors = error.extra.errors ?? [{ path: '', message: error.detail }];
      refused.push({ line: one.line, errors: errors.slice(0, 20) });
    }
    if (slices.isOver) await slices.rest();
  }
  return { good, refused };
}

function judge({ given, chars }: Extract<ReadLine, { errors: null }>, found: Definition): Judged {
  checkTaskInput(found, given.input, 'input');
  const options = parseInput(TaskOptions, given.options, ['options']);
  const { task } = found;
  return {
    job: { name: task.name, data: given.input, options: withPolicy(task, toJobOptions(options)) },
    given,
    chars,
  };
}

async function addAll(
  ask: Ask,
  found: Definition,
  entry: ReturnType<typeof findSource>,
  good: Judged[],
  scope: string,
): Promise<EnqueueResult[]> {
  const { idempotencyKey } = ask.headers;
  const added: EnqueueResult[] = [];
  for (const [place, batch] of toBatches(good).entries()) {
    const headers = { ...ask.headers, idempotencyKey: idempotencyKey && `${idempotencyKey}.${place}` };
    const jobs = batch.map(({ job }) => job);
    const request = { scope, body: batch.map(({ given }) => given), mayAdd: () => requireTaken(found) };
    const results = await enqueue({ ...ask, headers }, entry, found.task.queue, jobs, request).catch((error) => {
      throw place === 0 ? error : halfWay(error, added.length, good.length, idempotencyKey);
    });
    for (const result of results) {
      if (result instanceof CodedError) throw halfWay(result, added.length, good.length, idempotencyKey);
      added.push(result);
    }
  }
  return added;
}

/** The same for the same file, so that a batch keeps its key. */
function toBatches(good: Judged[]): Judged[][] {
  const batches: Judged[][] = [];
  let chars = 0;
  for (const one of good) {
    const last = batches.at(-1);
    chars += one.chars;
    if (last && last.length < BATCH && chars <= BATCH_CHARS) last.push(one);
    else {
      batches.push([one]);
      chars = one.chars;
    }
  }
  return batches;
}

function halfWay(error: unknown, done: number, all: number, key: string | null): unknown {
  if (!(error instanceof CodedError)) return error;
  const next = key ? ' Send the file again with the same Idempotency-Key: what is there is not added twice.' : '';
  return new CodedError(error.code, `${done} of ${all} lines were enqueued, then: ${error.detail}${next}`, error.extra);
}
