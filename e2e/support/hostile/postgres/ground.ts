import type pg from 'pg';
import type { OddPlace } from '../place';

type Columns = Record<string, unknown>;

const NOW = Date.now();

/** Writes rows that somebody could have written into BullMQ's tables, and keeps where they are. */
export class PostgresGround {
  readonly places: OddPlace[] = [];
  #open = new Map<string, OddPlace>();

  constructor(
    readonly client: pg.Client,
    readonly source: string,
  ) {}

  async query(sql: string, values: unknown[] = []): Promise<void> {
    await this.client.query(sql, values);
  }

  async queue(name: string): Promise<OddPlace> {
    const known = this.#open.get(name);
    if (known) return known;
    const place = { source: this.source, queue: name, jobs: [], schedulers: [] };
    this.#open.set(name, place);
    this.places.push(place);
    await this.query(`INSERT INTO bullmq.meta (queue, field, value) VALUES ($1, 'opts.maxLenEvents', '10000')`, [name]);
    return place;
  }

  /** `columns` replace those of an ordinary job; an event tells of it as BullMQ does. */
  async put(queue: string, state: string, id: string, columns: Columns = {}): Promise<void> {
    const place = await this.queue(queue);
    if (!place.jobs.includes(id)) place.jobs.push(id);
    const ended = state === 'failed' || state === 'completed' ? { processed_at_ms: NOW, finished_at_ms: NOW } : {};
    const row: Columns = {
      queue,
      id,
      state,
      name: 'odd',
      data: '{"a":1}',
      opts: '{}',
      added_at_ms: NOW,
      ...ended,
      ...columns,
    };
    const names = Object.keys(row);
    const places = names.map((_, i) => `$${i + 1}`);
    await this.query(
      `INSERT INTO bullmq.job (seq, ${names.join(', ')}) VALUES (nextval('bullmq.job_seq'), ${places.join(', ')})`,
      Object.values(row),
    );
    await this.tell(queue, state === 'waiting-children' ? 'waiting-children' : state, { jobId: id });
  }

  async tell(queue: string, event: string, data: unknown, at = NOW): Promise<void> {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    await this.query('INSERT INTO bullmq.event (queue, event, data, created_at_ms) VALUES ($1, $2, $3, $4)', [
      queue,
      event,
      text,
      at,
    ]);
  }
}
