import type { BrokerJob } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { JobRef, Payload } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import type { JobNow } from '../actions';
import { isRefusal } from '../broker-errors';
import { decodeOptions } from '../job-options';
import { cutPayload, toJobError } from '../job-shape';
import type { RedisLink } from './link';
import { describeFault, describeOddities, readOddities } from './oddities';
import { DESCRIBE_JOBS, GET_JOB, JOB_STATE, READ_LOGS } from './scripts/get';
import { type RawRow, toRawRow } from './scripts/row';
import { toRow } from './to-row';

const SCRIPT_CAP_BYTES = 2_097_152;
/** A plain HGET holds the broker 0.5 ms for each MB: what is bigger is not read, and told by its size alone. */
const READ_CAP_BYTES = 16_777_216;

/** Finds the queue in a job's key, which may hold `:` anywhere: known names first, the longest wins. */
export type SplitKey = (key: string) => JobRef | null;

export function getJob(
  link: RedisLink,
  queue: string,
  id: string,
  maxPayloadBytes: number,
  split: SplitKey,
): Promise<BrokerJob | null> {
  const base = link.base(queue);
  const cap = Math.min(maxPayloadBytes, SCRIPT_CAP_BYTES);
  const payloadOf = async (field: string, text: unknown, size: unknown): Promise<Payload> => {
    const isRead = Number(size) > SCRIPT_CAP_BYTES && Number(size) <= READ_CAP_BYTES;
    const whole = isRead ? await link.reads.hget(base + id, field) : null;
    return cutPayload(whole ?? String(text), Number(size), maxPayloadBytes);
  };
  return link.call(async () => {
    const reply = (await link.script(GET_JOB, [base + id], [base, id, cap])) as unknown[] | string | null;
    if (reply === null) return null;
    if (typeof reply === 'string') throw notOfJob(id, reply);
    const [state, rawRow, data, dataSize, result, resultSize, opts, optsSize, traces, stalled, ...more] = reply;
    const [parentKey, parent, repeatKey, deduplicationId, logs, flow, faults] = more;
    const raw = toRawRow(rawRow);
    const { progress, error: _line, ...row } = toRow(raw, state as JobState);
    const stacktraces = readTraces(traces as [number, ...string[]]);
    return {
      ...row,
      queue,
      progress,
      data: await payloadOf('data', data, dataSize),
      options: readOptions(String(opts), Number(optsSize)),
      result: Number(resultSize) > 0 ? await payloadOf('returnvalue', result, resultSize) : null,
      error: state === 'completed' ? null : toJobError(raw.failedReason || null, stacktraces),
      stacktraces,
      attemptsStarted: Number(raw.attemptsStarted) || 0,
      stalledCount: Number(stalled) || 0,
      delayMs: Number(raw.delay) || 0,
      parent: readParent(String(parent), String(parentKey), link.prefix, split),
      children: await readChildren(link, flow as (string | number)[], split),
      schedulerId: readScheduler(raw, String(repeatKey)),
      deduplicationId: String(deduplicationId) || null,
      logs: Number(logs),
      unreadable: describeOddities(readOddities(faults as string[])),
    };
  });
}

const notOfJob = (id: string, words: string) =>
  isRefusal(words)
    ? new Error(words)
    : new CodedError('unreadable', `The key of the job "${id.slice(0, 100)}" ${describeFault(words)}.`);

/** No line is read whole that is longer than so much, nor more of them than this together. */
const LINE_CAP_BYTES = 65_536;
const LINES_CAP_BYTES = 2_097_152;

export function getLogs(link: RedisLink, queue: string, id: string, from: number, limit: number) {
  const key = link.base(queue) + id;
  return link.call(async () => {
    const args = [from, limit, LINE_CAP_BYTES, LINES_CAP_BYTES];
    const reply = (await link.script(READ_LOGS, [key, `${key}:logs`], args)) as [number, ...string[]] | null;
    if (reply === null) return null;
    const [total, ...lines] = reply;
    return { lines, total };
  });
}

/** `state: null` = no such job. One round trip, no payload. */
export async function readState(link: RedisLink, queue: string, id: string): Promise<JobNow> {
  const base = link.base(queue);
  const reply = await link.call(() => link.script(JOB_STATE, [base + id], [base, id]));
  const [state, lifo, priority, name = ''] = reply as string[];
  return { state: (state || null) as JobState | null, lifo: lifo === '1', priority: Number(priority) || 0, name };
}

function readOptions(text: string, sizeBytes: number): unknown {
  if (Buffer.byteLength(text) < sizeBytes) return { sizeBytes, note: 'too large to show' };
  return decodeOptions(text);
}

/** Beyond 512 KB the broker sends the beginning of the JSON text: its whole strings, and the rest of the last. */
function readTraces([whole, ...parts]: [number, ...string[]]): string[] {
  if (whole === 1) return parts;
  const text = parts[0] ?? '';
  const strings = text.match(/"(?:[^"\\]|\\.)*("|$)/g) ?? [];
  return strings.flatMap((part) => {
    const closed = part.endsWith('"') && part.length > 1 ? part : `${part.replace(/\\[^"\\]{0,4}$/, '')}"`;
    try {
      return [JSON.parse(closed) as string];
    } catch {
      return [];
    }
  });
}

function readParent(json: string, parentKey: string, prefix: string, split: SplitKey): JobRef | null {
  if (json !== '') {
    try {
      const { id, queueKey } = JSON.parse(json) as { id?: string; queueKey?: string };
      if (id && queueKey)
        return { id, queue: queueKey.startsWith(`${prefix}:`) ? queueKey.slice(prefix.length + 1) : queueKey };
    } catch {
      // A foreign writer's text: the key below tells the same.
    }
  }
  return parentKey === '' ? null : split(parentKey);
}

async function readChildren(
  link: RedisLink,
  flow: (string | number)[],
  split: SplitKey,
): Promise<BrokerJob['children']> {
  const [pending = 0, processed = 0, ignored = 0, failed = 0, ...pairs] = flow;
  const total = Number(pending) + Number(processed) + Number(ignored) + Number(failed);
  if (total === 0) return null;
  const found: { ref: JobRef; state: JobState | null }[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const ref = split(String(pairs[i]));
    const kind = pairs[i + 1];
    if (ref) found.push({ ref, state: kind === 'd' ? 'completed' : kind === 'f' ? 'failed' : null });
  }
  found.sort(
    (a, b) => a.ref.queue.localeCompare(b.ref.queue) || a.ref.id.localeCompare(b.ref.id, 'en', { numeric: true }),
  );
  const described = await describeJobs(
    link,
    found.map(({ ref }) => ref),
  );
  const items = found.map(({ ref, state }, i) => {
    const now = described[i];
    return { ...ref, name: now?.name || null, state: now?.state ?? state };
  });
  return { total, items };
}

async function describeJobs(
  link: RedisLink,
  refs: JobRef[],
): Promise<({ name: string; state: JobState | null } | undefined)[]> {
  const byQueue = groupByQueue(refs);
  const known = new Map<JobRef, { name: string; state: JobState | null }>();
  await Promise.all(
    [...byQueue].map(async ([queue, jobs]) => {
      const base = link.base(queue);
      const ids = jobs.map((job) => job.id);
      const reply = (await link.script(
        DESCRIBE_JOBS,
        ids.map((id) => base + id),
        [base, ...ids],
      )) as string[];
      jobs.forEach((job, i) => {
        known.set(job, { name: reply[2 * i] ?? '', state: (reply[2 * i + 1] || null) as JobState | null });
      });
    }),
  );
  return refs.map((ref) => known.get(ref));
}

function groupByQueue(refs: JobRef[]): Map<string, JobRef[]> {
  const groups = new Map<string, JobRef[]>();
  for (const ref of refs) groups.set(ref.queue, [...(groups.get(ref.queue) ?? []), ref]);
  return groups;
}

/** Scheduler runs are `repeat:<schedulerId>:<millis>`; the hash names the scheduler. */
function readScheduler(raw: RawRow, repeatKey: string): string | null {
  return repeatKey || /^repeat:(.+):\d+$/.exec(raw.id)?.[1] || null;
}
