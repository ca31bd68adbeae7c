import { cleanText } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import { storedText, storeName } from '@/lib/store/stored-name';
import { NAMES_PER_QUEUE, optionsKey, SCOPE_KINDS, scopeKey, workerKey } from './scope-key';

const MOST_KEPT = 50_000;

/** The scopes that a job of a queue counts for. `name`: to be kept in its own row, where the queue has too many names. */
export interface JobScopes {
  source: number;
  queue: number;
  kind: number;
  name: string | null;
}

type Kind = (typeof SCOPE_KINDS)[keyof typeof SCOPE_KINDS];
interface Wanted {
  kind: Kind;
  queue: string | null;
  name: string | null;
  key: Buffer;
}

/** Ids of what rows point at (scopes, workers, options), made when they are first met. One for each recorder. */
export class Scopes {
  #scopes = new Map<string, number>();
  #workers = new Map<string, number>();
  #options = new Map<string, number>();
  #names = new Map<string, number>();
  /** Keys as hex, so that each is hashed once. */
  #keys = new Map<string, string>();

  constructor(
    private readonly store: Store,
    readonly source: string,
  ) {}

  /** After it `of` knows the scopes of all these jobs. */
  async prepare(jobs: Iterable<{ queue: string; name: string }>): Promise<void> {
    const all = [...jobs];
    if (this.#scopes.size > MOST_KEPT) this.#scopes.clear();
    await this.#countNames(new Set(all.map(({ queue }) => queue)));
    const wanted = new Map<string, Wanted>();
    const want = (kind: Kind, queue: string | null, name: string | null) => {
      const text = this.#keyOf(kind, queue, name);
      if (!this.#scopes.has(text)) wanted.set(text, { kind, queue, name, key: Buffer.from(text, 'hex') });
    };
    want(SCOPE_KINDS.source, null, null);
    for (const { queue, name } of all) {
      want(SCOPE_KINDS.queue, queue, null);
      want(SCOPE_KINDS.name, queue, this.#nameOf(queue, name));
    }
    if (wanted.size > 0) await this.#make([...wanted.values()]);
  }

  of(queue: string, name: string): JobScopes {
    const kept = this.#nameOf(queue, name);
    return {
      source: this.#idOf(SCOPE_KINDS.source, null, null),
      queue: this.#idOf(SCOPE_KINDS.queue, queue, null),
      kind: this.#idOf(SCOPE_KINDS.name, queue, kept),
      name: kept === name ? null : name,
    };
  }

  /** Ids of workers and of options, by their texts; those that are new are made. */
  async workers(names: Iterable<string>, versionOf: (name: string) => string): Promise<ReadonlyMap<string, number>> {
    const rows = [...new Set(names)].map((name) => ({ name, version: versionOf(name) }));
    return this.#dimension(
      this.#workers,
      rows,
      ({ name, version }) => `${name}\n${version}`,
      async (fresh) =>
        this.store.query<{ id: number; n: string }>(
          `WITH given AS (SELECT * FROM unnest($2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY AS g(name, version, key, n)),
         made AS (INSERT INTO queuedeck.seen_worker (source, name, version, key) SELECT $1, name, version, key FROM given
                  ON CONFLICT (key) DO UPDATE SET seen_at = now() RETURNING id, key)
         SELECT made.id, given.n FROM made JOIN given USING (key)`,
          [
            this.source,
            fresh.map(({ name }) => cleanText(name)),
            fresh.map(({ version }) => cleanText(version)),
            fresh.map(({ name, version }) => workerKey(this.source, name, version)),
          ],
        ),
    ).then((ids) => new Map(rows.map((row) => [row.name, ids.get(`${row.name}\n${row.version}`) ?? 0])));
  }

  async options(texts: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    return this.#dimension(
      this.#options,
      [...new Set(texts)],
      (text) => text,
      async (fresh) =>
        this.store.query<{ id: number; n: string }>(
          `WITH given AS (SELECT * FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS g(options, key, n)),
         made AS (INSERT INTO queuedeck.seen_options (options, key) SELECT options, key FROM given
                  ON CONFLICT (key) DO UPDATE SET options = excluded.options RETURNING id, key)
         SELECT made.id, given.n FROM made JOIN given USING (key)`,
          [fresh.map(cleanText), fresh.map(optionsKey)],
        ),
    );
  }

  async #dimension<T>(
    known: Map<string, number>,
    all: T[],
    textOf: (one: T) => string,
    make: (fresh: T[]) => Promise<{ id: number; n: string }[]>,
  ): Promise<ReadonlyMap<string, number>> {
    if (known.size > MOST_KEPT) known.clear();
    const fresh = all.filter((one) => !known.has(textOf(one)));
    if (fresh.length > 0) for (const { id, n } of await make(fresh)) known.set(textOf(fresh[Number(n) - 1] as T), id);
    return known;
  }

  #nameOf(queue: string, name: string): string {
    if ((this.#names.get(queue) ?? 0) < NAMES_PER_QUEUE) return name;
    return this.#scopes.has(this.#keyOf(SCOPE_KINDS.name, queue, name)) ? name : '';
  }

  async #countNames(queues: ReadonlySet<string>): Promise<void> {
    if (this.#names.size > MOST_KEPT) this.#names.clear();
    const unknown = [...queues].filter((queue) => !this.#names.has(queue));
    if (unknown.length === 0) return;
    const texts = unknown.map(storedText);
    const rows = await this.store.query<{ queue: string; names: number }>(
      'SELECT queue, count(*)::int AS names FROM queuedeck.scope WHERE source = $1 AND queue = ANY($2::text[]) AND kind = 2 GROUP BY queue',
      [this.source, texts],
    );
    const names = new Map(rows.map((row) => [row.queue, row.names]));
    for (const [i, queue] of unknown.entries()) this.#names.set(queue, names.get(texts[i] ?? '') ?? 0);
  }

  #idOf(kind: Kind, queue: string | null, name: string | null): number {
    const id = this.#scopes.get(this.#keyOf(kind, queue, name));
    if (id === undefined) throw new Error(`the scope of ${queue ?? this.source} was not prepared`);
    return id;
  }

  #keyOf(kind: Kind, queue: string | null, name: string | null): string {
    const text = `${kind} ${queue?.length ?? ''} ${queue ?? ''}${name ?? ''}`;
    const known = this.#keys.get(text);
    if (known !== undefined) return known;
    if (this.#keys.size > MOST_KEPT) this.#keys.clear();
    const key = scopeKey(kind, this.source, queue, name).toString('hex');
    this.#keys.set(text, key);
    return key;
  }

  async #make(wanted: Wanted[]): Promise<void> {
    const rows = await this.store.query<{ id: number; key: Buffer; made: boolean }>(
      `INSERT INTO queuedeck.scope (kind, source, queue, name, key, raw_queue)
       SELECT kind, $1, queue, name, key, raw FROM unnest($2::smallint[], $3::text[], $4::text[], $5::bytea[], $6::text[]) AS w(kind, queue, name, key, raw)
       ON CONFLICT (key) DO UPDATE SET seen_at = now() RETURNING id, key, xmax = 0 AS made`,
      [
        this.source,
        wanted.map(({ kind }) => kind),
        wanted.map(({ queue }) => (queue === null ? null : storedText(queue))),
        wanted.map(({ name }) => cleanText(name)),
        wanted.map(({ key }) => key),
        wanted.map(({ queue }) => (queue === null ? null : storeName(queue).raw)),
      ],
    );
    const byKey = new Map(wanted.map((one) => [one.key.toString('hex'), one]));
    for (const { id, key, made } of rows) {
      const text = key.toString('hex');
      this.#scopes.set(text, id);
      const { kind, queue } = byKey.get(text) as Wanted;
      if (made && kind === SCOPE_KINDS.name && queue !== null)
        this.#names.set(queue, (this.#names.get(queue) ?? 0) + 1);
    }
  }
}
