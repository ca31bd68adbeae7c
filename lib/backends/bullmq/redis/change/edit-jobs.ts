import type { AddedJob, Change } from '@/lib/backends/backend';
import type { RetryOptions } from '@/lib/backends/changes';
import type { JobState } from '@/lib/contracts/states';
import { ofScheduler, prepareStored } from '../../actions';
import { RING, tooManyJobs } from '../../tree-refusals';
import { type RedisChanges, STEP_MS } from '../change-jobs';
import type { SplitKey } from '../get-job';
import type { LuaScript } from '../link';
import type { BuiltScript } from '../scripts/built';
import { ADD_LOGS, CLEAR_LOGS, EDIT_DATA, PRIORITIZE, RESCHEDULE, RETRY, UNDEDUPLICATE } from '../scripts/edit';
import { REMOVE, REMOVE_CHILDREN } from '../scripts/remove';

const CHILDREN_MS = 2_000;
const COPY_LIMIT_BYTES = 16_777_216;

type Reply = [word: string, detail?: string | number, ...rest: string[]];

/** Changes to one job, each one atomic step in the broker. */
export class RedisEdits {
  constructor(
    private readonly changes: RedisChanges,
    private readonly split: SplitKey,
  ) {}

  retry(queue: string, id: string, { resetAttempts, dataText, effectRun }: RetryOptions = {}): Promise<Change> {
    const base = this.#base(queue);
    const names = [id, 'events', '', 'wait', 'meta', 'active', 'marker', 'prioritized', 'pc'];
    const reset = resetAttempts ? '1' : '0';
    return this.#step(RETRY, base, names, [id, '', '', '', reset, reset, base, dataText ?? '', effectRun ?? '']);
  }

  edit(queue: string, id: string, dataText: string): Promise<Change> {
    const base = this.#base(queue);
    return this.#step(EDIT_DATA, base, [id], [base, id, dataText]);
  }

  prioritize(queue: string, id: string, priority: number, lifo: boolean): Promise<Change> {
    const base = this.#base(queue);
    const names = ['wait', 'paused', 'meta', 'prioritized', 'active', 'pc', 'marker'];
    return this.#step(PRIORITIZE, base, names, [priority, base, id, lifo ? '1' : '0']);
  }

  reschedule(queue: string, id: string, runAt: number): Promise<Change> {
    const base = this.#base(queue);
    const now = Date.now();
    const args = [Math.max(0, runAt - now), now, id, base + id, base];
    return this.#step(RESCHEDULE, base, ['delayed', 'meta', 'marker', 'events'], args);
  }

  addLogs(queue: string, id: string, lines: string[]): Promise<Change> {
    const base = this.#base(queue);
    return this.#step(ADD_LOGS, base, [id, `${id}:logs`], [base, id, ...lines]);
  }

  clearLogs(queue: string, id: string, keep: number): Promise<Change> {
    const base = this.#base(queue);
    return this.#step(CLEAR_LOGS, base, [id, `${id}:logs`], [base, id, keep]);
  }

  undeduplicate(queue: string, id: string): Promise<Change> {
    const base = this.#base(queue);
    return this.#step(UNDEDUPLICATE, base, [id], [base, id]);
  }

  async remove(queue: string, id: string, children: boolean): Promise<Change> {
    const base = this.#base(queue);
    const keys = [base + id, `${base}repeat`];
    const reply = (await this.changes.run(REMOVE, keys, [id, children ? '1' : '0', base])) as Reply;
    const change = this.#read(reply, base + id);
    if (change.kind !== 'done') return change;
    await this.changes.removeRest(base + id, reply.slice(2) as string[]);
    return change;
  }

  async progress(queue: string, id: string, progress: unknown): Promise<Change> {
    const { state } = await this.changes.readState(queue, id);
    if (state === null) return { kind: 'gone' };
    try {
      await this.changes.change(queue, (backend) => backend.updateProgress(id, progress as object));
    } catch (error) {
      if ((error as { code?: unknown }).code === -1) return { kind: 'gone' };
      throw error;
    }
    return { kind: 'done', state };
  }

  /** In steps of a few ms; after 2 s the rest is left to the next call. */
  async removeChildren(queue: string, id: string) {
    const base = this.#base(queue);
    const until = Date.now() + CHILDREN_MS;
    let [removed, cursor, left, ended] = [0, '0', 0, '0'];
    do {
      const reply = await this.changes.run(REMOVE_CHILDREN, [base + id], [base, id, cursor, STEP_MS]);
      const [word] = reply as [string];
      if (word === 'gone') return { kind: 'gone' } as const;
      if (word === 'ring') return { kind: 'refused', reason: RING } as const;
      const [, count, next, remaining, end] = reply as [string, number, string, number, string];
      [removed, cursor, left, ended] = [removed + count, next, remaining, end];
    } while (ended !== '1' && Date.now() < until);
    return { kind: 'removed', removed, left, done: ended === '1' } as const;
  }

  /** Name, data and options of the job, as the broker has them; not its parent, scheduler or deduplication. */
  async duplicate(queue: string, id: string, newId: string | undefined, deduplication: object | undefined) {
    const link = this.changes.link;
    const key = link.base(queue) + id;
    const found = await link.call(async () => {
      if ((await link.reads.type(key)) !== 'hash') return null;
      const sizes = await Promise.all(['data', 'opts'].map((field) => link.reads.hstrlen(key, field)));
      if (sizes.some((size) => size > COPY_LIMIT_BYTES)) return 'large' as const;
      return link.reads.hmget(key, 'name', 'data', 'opts', 'priority', 'timestamp');
    });
    if (found === null) return { kind: 'gone' } as const;
    if (found === 'large') return { kind: 'refused', reason: 'Its data is larger than 16 MB.' } as const;
    const [name, data, opts, priority, addedAt] = found;
    if (!addedAt) return { kind: 'gone' } as const;
    const stored = { name: name ?? '', data: data ?? '{}', opts: opts ?? '{}', priority: Number(priority) || 0 };
    const entry = prepareStored(this.changes.nameOf(queue), stored, newId, deduplication);
    const [inserted] = await this.changes.insert(queue, [entry]);
    if (!inserted) throw new Error('duplicate: BullMQ answered no job');
    const now = await this.changes.readState(queue, inserted.id);
    const job: AddedJob = {
      id: inserted.id,
      name: stored.name,
      state: now.state ?? 'waiting',
      existed: inserted.existed,
    };
    return { kind: 'added', job } as const;
  }

  #base(queue: string): string {
    return this.changes.link.base(queue);
  }

  async #step(
    script: LuaScript | BuiltScript,
    base: string,
    names: string[],
    args: (string | number)[],
  ): Promise<Change> {
    const keys = names.map((name) => base + name);
    return this.#read((await this.changes.run(script, keys, args)) as Reply, keys[0] ?? '');
  }

  #read([word, detail]: Reply, key: string): Change {
    switch (word) {
      case 'done':
        return { kind: 'done', state: detail as JobState };
      case 'gone':
        return { kind: 'gone' };
      case 'state':
        return { kind: 'wrong-state', state: detail as JobState };
      case 'scheduler':
        return ofScheduler();
      case 'locked': {
        const holder = detail === key ? null : this.split(String(detail));
        return holder === null ? { kind: 'locked' } : { kind: 'locked', holder };
      }
      case 'large':
        return {
          kind: 'refused',
          reason: tooManyJobs(Number(detail)),
        };
      case 'none':
        return { kind: 'refused', reason: 'It holds no deduplication key.' };
      default:
        throw new Error(`a step answered "${word}", which is not known`);
    }
  }
}
