import type { BackendEvent } from '@/lib/backends/backend';
import type { JobState } from '@/lib/contracts/states';
import { timeOf } from '@/lib/iso-time';
import { firstErrorLine, parseProgress } from '../job-shape';

const STATES: Record<string, JobState | null> = {
  waiting: 'waiting',
  active: 'active',
  delayed: 'delayed',
  'waiting-children': 'waiting-children',
  completed: 'completed',
  failed: 'failed',
  removed: null,
};

const NAMES_KEPT = 5_000;

const keyOf = (queue: string, id: string) => `${queue.length}:${queue}${id}`;

/**
 * BullMQ's events → ours. `added` alone carries the job's name and is followed by the event of its first state: the name is kept
 * and given to that.
 */
export class EventTranslator {
  #names = new Map<string, string>();

  /** `fields`: 4 for each event, as READ_EVENTS gives them. */
  translate(queue: string, fields: string[]): BackendEvent[] {
    const events: BackendEvent[] = [];
    for (let i = 0; i + 3 < fields.length; i += 4) {
      const [at = '', kind = '', id = '', text = ''] = fields.slice(i, i + 4);
      const event = this.#one(queue, Number(at), kind, id, text);
      if (event) events.push(event);
    }
    return events;
  }

  #one(queue: string, ms: number, kind: string, id: string, text: string): BackendEvent | null {
    // A stream's ids may be of any time: a queue then has none.
    const at = timeOf(ms) ?? Date.now();
    if (kind === 'added') {
      this.#keepName(keyOf(queue, id), text);
      return null;
    }
    if (kind === 'progress') return { type: 'progress', queue, id, at, progress: parseProgress(text) };
    const state = STATES[kind];
    if (state === undefined) return { type: 'queue', queue, at };
    const name = this.#takeName(keyOf(queue, id));
    const error = kind === 'failed' ? firstErrorLine(text) : null;
    return { type: 'state', queue, id, at, state: text === 'prioritized' ? 'prioritized' : state, name, error };
  }

  #keepName(key: string, name: string): void {
    if (this.#names.size >= NAMES_KEPT) this.#names.delete(this.#names.keys().next().value ?? '');
    this.#names.set(key, name);
  }

  #takeName(key: string): string | null {
    const name = this.#names.get(key) ?? null;
    if (name !== null) this.#names.delete(key);
    return name;
  }
}
