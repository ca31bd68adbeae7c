import { decodeDetail } from '@/lib/store/history/detail';
import { jobKey, SCOPE_KINDS, scopeKey } from '@/lib/store/history/scope-key';
import type { Queries } from '@/lib/store/queries';
import { storedText } from '@/lib/store/stored-name';

export interface JobPlace {
  queue: string;
  id: string;
}

/** A job of which the parent is known: null = it has none. */
export interface FlowLink extends JobPlace {
  parent: JobPlace | null;
}

const MOST_KEPT = 50_000;
/** Of a flow that is deeper the job there counts as the root. */
const MOST_LEVELS = 100;

/** Which flow a job belongs to, by what the record knows of parents. What was asked lately is kept. */
export class FlowRoots {
  #parents = new Map<string, JobPlace | null>();

  constructor(
    private readonly store: Queries,
    private readonly source: string,
  ) {}

  note(links: Iterable<FlowLink>): void {
    if (this.#parents.size > MOST_KEPT) this.#parents.clear();
    for (const { parent, ...job } of links) this.#parents.set(this.#keyOf(job), parent);
  }

  /**
   * The root of each, in their order: the farthest ancestor that is known of. A flow that leads back into itself has none: of its jobs the
   * one with the smallest key stands for it, so that all of them find the same.
   */
  async rootsOf(jobs: readonly JobPlace[]): Promise<JobPlace[]> {
    const climbs = jobs.map((job) => ({ path: [job], root: null as JobPlace | null }));
    for (let level = 0; level < MOST_LEVELS; level += 1) {
      const open = climbs.filter(({ root }) => root === null);
      if (open.length === 0) break;
      await this.#load(open.map(({ path }) => path.at(-1) as JobPlace));
      for (const climb of open) {
        const last = climb.path.at(-1) as JobPlace;
        const parent = this.#parents.get(this.#keyOf(last)) ?? null;
        if (parent === null) climb.root = last;
        else {
          const met = climb.path.findIndex((job) => job.queue === parent.queue && job.id === parent.id);
          if (met >= 0) climb.root = this.#smallest(climb.path.slice(met));
          else climb.path.push(parent);
        }
      }
    }
    return climbs.map(({ root, path }) => root ?? (path.at(-1) as JobPlace));
  }

  #smallest(ring: JobPlace[]): JobPlace {
    return ring.reduce((least, job) => (this.#keyOf(job) < this.#keyOf(least) ? job : least));
  }

  /** What is not recorded is not kept either: it may be yet. */
  async #load(jobs: readonly JobPlace[]): Promise<void> {
    const unknown = new Map(jobs.map((job) => [this.#keyOf(job), job]));
    for (const key of unknown.keys()) if (this.#parents.has(key)) unknown.delete(key);
    if (unknown.size === 0) return;
    const wanted = [...unknown.values()];
    const rows = await this.store.query<{ n: string; detail: string | null }>(
      `SELECT g.n, j.detail FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS g(key, id, n)
         JOIN queuedeck.scope s ON s.key = g.key
        CROSS JOIN LATERAL (SELECT detail FROM queuedeck.job j WHERE j.id = g.id AND j.queue_id = s.id ORDER BY j.added_at DESC LIMIT 1) j`,
      [
        wanted.map(({ queue }) => scopeKey(SCOPE_KINDS.queue, this.source, queue)),
        wanted.map(({ id }) => storedText(id)),
      ],
    );
    this.note(
      rows.flatMap(({ n, detail }) => {
        const job = wanted[Number(n) - 1];
        const { parent } = decodeDetail(detail);
        return job ? [{ ...job, parent: parent ? { queue: parent[0], id: parent[1] } : null }] : [];
      }),
    );
  }

  #keyOf({ queue, id }: JobPlace): string {
    return jobKey(this.source, queue, id).toString('hex');
  }
}
