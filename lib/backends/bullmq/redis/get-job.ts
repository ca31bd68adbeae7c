import type { BrokerJob } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { JobRef, Payload } from '@/lib/contracts/jobs';
import { MOST_READ_BYTES } from '@/lib/contracts/payload-sizes';
import type { JobState } from '@/lib/contracts/states';
import type { JobNow } from '../actions';
import { isRefusal } from '../broker-errors';
import { decodeOptions } from '../job-options';
import { cutBytes, cutPayload, describeTooLarge, joinSentences, toJobError } from '../job-shape';
import type { RedisLink } from './link';
import { describeFault, describeOddities, readOddities } from './oddities';
import { DESCRIBE_JOBS, GET_JOB, JOB_STATE, READ_LOGS } from './scripts/get';
import { type RawRow, toRawRow } from './scripts/row';
import { toRow, whole } from './to-row';

const SCRIPT_CAP_BYTES = 2_097_152;
/** Redis has no command for a part of a HASH's field, and a plain HGET holds it 0.5 ms for each MB. */
const READ_LIMIT = 'no more than 16 MB of a field is read';

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
    // What the script had no room for.
    const isLeft = Number(size) > SCRIPT_CAP_BYTES || (text === '' && Number(size) > 0);
    const isRead = maxPayloadBytes > 0 && isLeft && Number(size) <= MOST_READ_BYTES;
    const bytes = isRead ? await link.reads.hgetBuffer(base + id, field) : null;
    return bytes
      ? cutBytes(bytes, bytes.length, maxPayloadBytes)
      : cutPayload(String(text), Number(size), maxPayloadBytes);
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
      attemptsStarted: whole(raw.attemptsStarted),
      stalledCount: whole(String(stalled)),
      delayMs: Math.max(0, Math.min(Number(raw.delay) || 0, Number.MAX_SAFE_INTEGER)),
      ...readParent(String(parent), String(parentKey), link.prefix, split),
      children: await readChildren(link, flow as (string | number)[], split),
      schedulerId: readScheduler(raw, String(repeatKey)),
      deduplicationId: String(deduplicationId) || null,
      logs: Number(logs),
      unreadable: joinSentences(
        describeOddities(readOddities(faults as string[])),
        describeTooLarge(tooLarge({ data: dataSize, result: resultSize }), READ_LIMIT),
      ),
    };
  });
}

const tooLarge = (sizes: Record<string, unknown>): [string, number][] =>
  Object.entries(sizes).flatMap(([what, size]) => (Number(size) > MOST_READ_BYTES ? [[what, Number(size)]] : []));

const FIELDS = { data: 'data', result: 'returnvalue' } as const;

export function readPayload(link: RedisLink, queue: string, id: string, name: 'data' | 'result') {
  const key = link.base(queue) + id;
  return link.call(async (): Promise<Payload | null> => {
    const sizeBytes = Number(await link.reads.call('HSTRLEN', key, FIELDS[name]));
    if (sizeBytes > MOST_READ_BYTES) return { text: '', sizeBytes, truncated: true };
    const bytes = await link.reads.hgetBuffer(key, FIELDS[name]);
    return bytes && cutBytes(bytes, bytes.length, MOST_READ_BYTES);
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

/** One under another prefix is in no queue of this source: its key is all there is to tell. */
function readParent(
  json: string,
  parentKey: string,
  prefix: string,
  split: SplitKey,
): Pick<BrokerJob, 'parent' | 'parentKey'> {
  const told = readParentJson(json);
  if (told?.queueKey.startsWith(`${prefix}:`))
    return { parent: { id: told.id, queue: told.queueKey.slice(prefix.length + 1) }, parentKey: null };
  const key = told ? `${told.queueKey}:${told.id}` : parentKey;
  const parent = key === '' ? null : split(key);
  return { parent, parentKey: parent === null ? key || null : null };
}

function readParentJson(json: string): { id: string; queueKey: string } | null {
  if (json === '') return null;
  try {
    const { id, queueKey } = JSON.parse(json) as { id?: unknown; queueKey?: unknown };
    return id && typeof id === 'string' && typeof queueKey === 'string' && queueKey ? { id, queueKey } : null;
  } catch {
    // A foreign writer's text: the parentKey tells the same.
    return null;
  }
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
  const elsewhere: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const ref = split(String(pairs[i]));
    const kind = pairs[i + 1];
    if (ref) found.push({ ref, state: kind === 'd' ? 'completed' : kind === 'f' ? 'failed' : null });
    else elsewhere.push(String(pairs[i]));
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
  return { total, items, elsewhere: elsewhere.sort() };
}

/** Names and states of a few jobs. */
export async function describeJobs(
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
