import type { RecordedFields } from '@/lib/backends/recording';
import type { JobState } from '@/lib/contracts/states';
import type { SplitKey } from '../redis/get-job';
import type { RedisLink } from '../redis/link';
import { PAYLOAD_CAP, type RawFields, type RawName, toRecordedFields } from './fields';
import type { CostMeter } from './meter';
import { runAll } from './run-all';
import type { FieldSet, FieldWish } from './wishes';

const SMALL: RawName[] = ['name', 'timestamp', 'processedOn', 'finishedOn', 'delay', 'atm', 'ats', 'stc', 'pb'];
const ENDED: RawName[] = [...SMALL, 'failedReason', 'stacktrace'];
const FIRST: RawName[] = [...ENDED, 'opts', 'progress', 'rjk', 'deid', 'parent', 'data'];
const WHOLE: RawName[] = [...FIRST, 'returnvalue'];
const BIG: RawName[] = ['data', 'returnvalue'];

const JOBS_PER_PIPELINE = 200;
/** After a big payload, a queue's payloads are weighed before they are read. */
const CAREFUL_MS = 600_000;
/** Beyond this a payload is not even read to be cut: 0.5 ms of the broker for each MB. */
const READ_CAP = 2_097_152;

const SETS: Record<FieldSet, RawName[]> = { small: SMALL, ended: ENDED, first: FIRST, whole: WHOLE };

/** Reads jobs' HASHes by HMGET, pipelined: one command a job, two where payloads are big. Null = gone. */
export class RedisFieldReader {
  #carefulUntil = new Map<string, number>();

  constructor(
    private readonly link: RedisLink,
    private readonly split: SplitKey,
    private readonly meter: CostMeter,
  ) {}

  async read(wishes: readonly FieldWish[], state: JobState | null = null): Promise<(RecordedFields | null)[]> {
    const found: (RecordedFields | null)[] = [];
    for (let i = 0; i < wishes.length; i += JOBS_PER_PIPELINE)
      found.push(...(await this.#readSome(wishes.slice(i, i + JOBS_PER_PIPELINE), state)));
    return found;
  }

  async #readSome(wishes: readonly FieldWish[], state: JobState | null): Promise<(RecordedFields | null)[]> {
    const sizes = await this.#weigh(wishes);
    const names = wishes.map(({ set }, i) =>
      sizes[i] ? SETS[set].filter((name) => !BIG.includes(name) || (sizes[i]?.[name] ?? 0) <= READ_CAP) : SETS[set],
    );
    const replies = await this.#pipeline(
      wishes.map(({ queue, id }, i) => ['hmget', this.link.base(queue) + id, ...(names[i] ?? [])]),
    );
    return wishes.map(({ queue, id }, i) => {
      const values = replies[i] as (string | null)[] | null;
      if (values === null) return null;
      const raw: RawFields = Object.fromEntries((names[i] ?? []).map((name, n) => [name, values[n] ?? null]));
      if (raw.name == null && raw.timestamp == null) return null;
      this.#note(queue, raw);
      const size = sizes[i];
      return toRecordedFields(
        queue,
        id,
        state,
        raw,
        this.#parentOf(raw.parent),
        size ? { data: size.data ?? 0, result: size.returnvalue ?? 0 } : {},
      );
    });
  }

  /** True sizes of the big fields, for queues in which big ones were met; null for the others. */
  async #weigh(wishes: readonly FieldWish[]): Promise<(Partial<Record<RawName, number>> | null)[]> {
    const asks = wishes.flatMap(({ queue, id, set }, i) =>
      (this.#carefulUntil.get(queue) ?? 0) > Date.now()
        ? SETS[set].filter((name) => BIG.includes(name)).map((name) => ({ i, name, key: this.link.base(queue) + id }))
        : [],
    );
    const sizes: (Partial<Record<RawName, number>> | null)[] = wishes.map(() => null);
    if (asks.length === 0) return sizes;
    const replies = await this.#pipeline(asks.map(({ key, name }) => ['hstrlen', key, name]));
    for (const [n, { i, name }] of asks.entries()) sizes[i] = { ...sizes[i], [name]: Number(replies[n] ?? 0) };
    return sizes;
  }

  #note(queue: string, raw: RawFields): void {
    if ((raw.data?.length ?? 0) > PAYLOAD_CAP || (raw.returnvalue?.length ?? 0) > PAYLOAD_CAP)
      this.#carefulUntil.set(queue, Date.now() + CAREFUL_MS);
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

  /** A key that is no HASH is no job: null. */
  async #pipeline(commands: (string | number)[][]): Promise<unknown[]> {
    const replies = await this.link.call(() => runAll(this.link, commands));
    this.meter.add(String(commands[0]?.[0] ?? ''), commands.length, commands, replies);
    return replies.map(([error, value]) => {
      if (error?.message.startsWith('WRONGTYPE')) return null;
      if (error) throw error;
      return value;
    });
  }
}
