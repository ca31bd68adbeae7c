import { existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';

/** An event as the broker wrote it, whatever became of it since. */
export interface TruthEvent {
  queue: string;
  kind: string;
  job: string;
  prev: string;
}

/** Every event that a broker ever wrote, in its order, kept beside it. */
export interface Truth {
  /** Takes in what was written since; when the broker is quiet, it is all. */
  collect(): Promise<void>;
  readonly events: readonly TruthEvent[];
  close(): Promise<void>;
}

/** For a server of which the truth is kept: its append-only file must never be written anew. */
export const KEEP_ALL = ['auto-aof-rewrite-percentage 0'];

/** Redis writes each effect of each script to its append-only file, ids and all, also those that it trims in the same breath. */
export async function openRedisTruth(url: string): Promise<Truth> {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const folderOf = async () => {
    const [, dir = ''] = (await redis.config('GET', 'dir')) as string[];
    const [, sub = ''] = (await redis.config('GET', 'appenddirname')) as string[];
    return path.join(dir, sub);
  };
  const folder = await folderOf();
  const events: TruthEvent[] = [];
  const reader = new CommandReader((words) => {
    const event = toEvent(words);
    if (event) events.push(event);
  });
  return {
    events,
    collect: async () => reader.read(fileOf(folder)),
    close: async () => redis.disconnect(),
  };
}

function fileOf(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.incr.aof')) : [];
  if (names.length !== 1) throw new Error(`the append-only file was rewritten: ${names.join(', ')}`);
  return path.join(folder, names[0] ?? '');
}

/** XADD key [MAXLEN = n] id field value … */
function toEvent(words: string[]): TruthEvent | null {
  if (words[0]?.toUpperCase() !== 'XADD') return null;
  const queue = /^bull:(.+):events$/.exec(words[1] ?? '')?.[1];
  if (queue === undefined) return null;
  const at = words.findIndex((word, i) => i > 1 && /^\d+-\d+$/.test(word));
  const said = new Map<string, string>();
  for (let i = at + 1; i + 1 < words.length; i += 2) said.set(words[i] ?? '', words[i + 1] ?? '');
  const [kind, job, prev] = ['event', 'jobId', 'prev'].map((name) => said.get(name) ?? '') as [string, string, string];
  return job === '' ? null : { queue, kind, job, prev };
}

const STEP_BYTES = 1_048_576;

/** The commands of an append-only file, as it grows. */
class CommandReader {
  #at = 0;
  #rest: Buffer = Buffer.alloc(0);
  #fd: number | null = null;

  constructor(private readonly onCommand: (words: string[]) => void) {}

  read(file: string): void {
    this.#fd ??= openSync(file, 'r');
    const { size } = statSync(file);
    while (this.#at < size) {
      const chunk = Buffer.alloc(Math.min(STEP_BYTES, size - this.#at));
      const length = readSync(this.#fd, chunk, 0, chunk.length, this.#at);
      this.#at += length;
      this.#rest = this.#take(Buffer.concat([this.#rest, chunk.subarray(0, length)]));
    }
  }

  /** What is left of the last, unfinished command. */
  #take(buffer: Buffer): Buffer {
    let from = 0;
    for (;;) {
      const read = readCommand(buffer, from);
      if (!read) return buffer.subarray(from);
      from = read.next;
      this.onCommand(read.words);
    }
  }
}

function readCommand(buffer: Buffer, from: number): { words: string[]; next: number } | null {
  const count = readCount(buffer, from, '*');
  if (!count) return null;
  const words: string[] = [];
  let { next } = count;
  for (let i = 0; i < count.value; i += 1) {
    const length = readCount(buffer, next, '$');
    if (!length || buffer.length < length.next + length.value + 2) return null;
    words.push(buffer.toString('utf8', length.next, length.next + length.value));
    next = length.next + length.value + 2;
  }
  return { words, next };
}

function readCount(buffer: Buffer, from: number, mark: string): { value: number; next: number } | null {
  const end = buffer.indexOf('\r\n', from);
  if (end === -1) return null;
  const line = buffer.toString('latin1', from, end);
  if (line[0] !== mark) throw new Error(`not a command: ${line.slice(0, 80)}`);
  return { value: Number(line.slice(1)), next: end + 2 };
}

/** PostgreSQL keeps a copy of each event's row, by a trigger in the same transaction. */
export async function openPostgresTruth(url: string): Promise<Truth> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  await pool.query(`
    CREATE TABLE public.truth (n bigint PRIMARY KEY, queue text, kind text, job text, prev text);
    CREATE FUNCTION public.keep_truth() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.truth VALUES (NEW.id, NEW.queue, NEW.event, coalesce(NEW.data->>'jobId', ''), coalesce(NEW.data->>'prev', ''));
      RETURN NEW;
    END $$;
    CREATE TRIGGER keep_truth AFTER INSERT ON bullmq.event FOR EACH ROW EXECUTE FUNCTION public.keep_truth()`);
  let events: TruthEvent[] = [];
  return {
    get events() {
      return events;
    },
    collect: async () => {
      const { rows } = await pool.query<TruthEvent>(
        `SELECT queue, kind, job, prev FROM public.truth WHERE job <> '' ORDER BY n`,
      );
      events = rows;
    },
    close: () => pool.end(),
  };
}
