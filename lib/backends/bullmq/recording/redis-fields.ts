import type { RecordedFields } from '@/lib/backends/recording';
import type { JobState } from '@/lib/contracts/states';
import type { SplitKey } from '../redis/get-job';
import type { RedisLink } from '../redis/link';
import { JOBS_PER_SCRIPT, READ_FIELDS } from './field-script';
import {
  ERROR_CAP,
  ID_CAP,
  NAME_CAP,
  OPTIONS_CAP,
  PAYLOAD_CAP,
  PROGRESS_CAP,
  type RawFields,
  type RawName,
  STACKS_CAP,
  toRecordedFields,
  WORKER_CAP,
} from './fields';
import type { CostMeter } from './meter';
import type { FieldSet, FieldWish } from './wishes';

const SMALL: RawName[] = ['name', 'timestamp', 'processedOn', 'finishedOn', 'delay', 'atm', 'ats', 'stc', 'pb'];
const ENDED: RawName[] = [...SMALL, 'failedReason', 'stacktrace'];
const FIRST: RawName[] = [...ENDED, 'opts', 'progress', 'rjk', 'deid', 'parent', 'data'];
const WHOLE: RawName[] = [...FIRST, 'returnvalue'];

const SETS: Record<FieldSet, RawName[]> = { small: SMALL, ended: ENDED, first: FIRST, whole: WHOLE };

/** Bytes at most of each field; one more than what is kept, so that it is seen to have been cut. Characters may take four. */
const CUTS: Record<RawName, number> = {
  name: NAME_CAP * 4,
  timestamp: 32,
  processedOn: 32,
  finishedOn: 32,
  delay: 32,
  atm: 32,
  ats: 32,
  stc: 32,
  pb: WORKER_CAP,
  failedReason: ERROR_CAP * 4,
  stacktrace: STACKS_CAP + 1,
  opts: OPTIONS_CAP + 1,
  progress: PROGRESS_CAP + 1,
  rjk: ID_CAP,
  deid: ID_CAP,
  parent: 16_384,
  data: PAYLOAD_CAP + 4,
  returnvalue: PAYLOAD_CAP + 4,
};

/** One script copies about so much at most: 3 ms of the broker. */
const BYTES_PER_SCRIPT = 1_048_576;
/** Scripts that are on their way at once: the broker may run them in a row. */
const AT_ONCE = 2;

/** Jobs of which one script reads the same fields, with their numbers in the wishes that they are for. */
interface Part {
  set: FieldSet;
  jobs: { queue: string; id: string; at: number }[];
}

/** Reads jobs' HASHes, some by one script. Null = gone, or no job. */
export class RedisFieldReader {
  constructor(
    private readonly link: RedisLink,
    private readonly split: SplitKey,
    private readonly meter: CostMeter,
  ) {}

  async read(wishes: readonly FieldWish[], state: JobState | null = null): Promise<(RecordedFields | null)[]> {
    const found: (RecordedFields | null)[] = wishes.map(() => null);
    const parts = partsOf(wishes, this.link.isCluster);
    for (let i = 0; i < parts.length; i += AT_ONCE)
      await this.link.call(() =>
        Promise.all(parts.slice(i, i + AT_ONCE).map((part) => this.#readPart(part, state, found))),
      );
    return found;
  }

  async #readPart({ set, jobs }: Part, state: JobState | null, found: (RecordedFields | null)[]) {
    const names = SETS[set];
    for (let from = 0; from < jobs.length; ) {
      const args = [BYTES_PER_SCRIPT, names.length, ...names.flatMap((name) => [name, CUTS[name]])];
      const keys = jobs.slice(from).map(({ queue, id }) => this.link.base(queue) + id);
      const replies = (await this.link.script(READ_FIELDS, keys, args)) as (unknown[] | null)[];
      this.meter.add('evalsha', 1, keys, replies);
      this.meter.addInside(2 * replies.length);
      for (const [n, reply] of replies.entries()) {
        const job = jobs[from + n];
        if (reply && job) found[job.at] = this.#toFields(job.queue, job.id, state, names, reply);
      }
      if (replies.length === 0) return;
      from += replies.length;
    }
  }

  #toFields(queue: string, id: string, state: JobState | null, names: RawName[], reply: unknown[]) {
    const [data, result, ...values] = reply;
    const raw: RawFields = Object.fromEntries(names.map((name, n) => [name, (values[n] ?? null) as string | null]));
    if (raw.name == null && raw.timestamp == null) return null;
    const sizes = { data: Number(data), result: Number(result) };
    return toRecordedFields(queue, id, state, raw, this.#parentOf(raw.parent), sizes);
  }

  #parentOf(json: string | null | undefined): RecordedFields['parent'] {
    if (!json) return null;
    try {
      const { id, queueKey } = JSON.parse(json) as { id?: unknown; queueKey?: unknown };
      return typeof id === 'string' && typeof queueKey === 'string' ? this.split(`${queueKey}:${id}`) : null;
    } catch {
      return null;
    }
  }
}

/** `isCluster`: one script may name keys of one queue only. */
function partsOf(wishes: readonly FieldWish[], isCluster: boolean): Part[] {
  const open = new Map<string, Part>();
  const parts: Part[] = [];
  for (const [at, { queue, id, set }] of wishes.entries()) {
    const key = isCluster ? `${set} ${queue}` : set;
    let part = open.get(key);
    if (!part || part.jobs.length >= JOBS_PER_SCRIPT) {
      part = { set, jobs: [] };
      parts.push(part);
      open.set(key, part);
    }
    part.jobs.push({ queue, id, at });
  }
  return parts;
}
