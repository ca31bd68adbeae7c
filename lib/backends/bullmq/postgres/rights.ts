import type { MissingRight } from '@/lib/contracts/sources';
import type { Query } from './connection';

/** What was found missing is believed for so long, and that nothing is. */
const BELIEVED_MS = 60_000;
const TRUSTED_MS = 600_000;

const ESSENTIAL = 'no queue can be read';
const CONTROL_SCHEMA = 'queuedeck_control';

/** Relations that watching reads, by what they feed. */
const FEEDS: Record<string, string> = {
  migration: ESSENTIAL,
  job: ESSENTIAL,
  meta: ESSENTIAL,
  event: ESSENTIAL,
  event_seq: 'nothing is seen live, and nothing is recorded',
  job_log: 'logs of jobs are not known, and jobs cannot be kept before they are removed',
  job_dependency: 'children of jobs, and why a job waits, are not known',
  metrics: 'how many jobs were added and ended unseen is not known',
  rate_limit: 'rate limits, and why a queue stands still, are not known',
  dedup: 'jobs cannot be kept before they are removed',
  scheduler: 'schedulers are not known',
};
const CONTROL = ['beat', 'cancel'];
const CONTROL_COSTS = 'what workers with the control module tell is not known';

const SQL = `
SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind, has_schema_privilege(n.oid, 'USAGE') AS enters
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE (n.nspname = $1 AND c.relname = ANY($2) OR n.nspname = '${CONTROL_SCHEMA}' AND c.relname = ANY($3))
   AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
 ORDER BY n.nspname, c.relname`;

interface Refused {
  schema: string;
  name: string;
  kind: 'r' | 'S';
  enters: boolean;
}

/** What the broker's role may not read, asked of the catalog from time to time. */
export class PostgresRights {
  missing: MissingRight[] = [];
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly schema: string,
    private readonly query: Query,
  ) {}

  /** Why no queue at all can be read; null where some can be. */
  get blocking(): string | null {
    const found = this.missing.filter(({ costs }) => costs === ESSENTIAL);
    if (found.length === 0) return null;
    const [names, remedies] = [found.map(({ right }) => right), found.map(({ remedy }) => remedy)];
    return `The broker's role lacks ${names.join(', ')}: ${ESSENTIAL}; ${remedies.join('; ')}.`;
  }

  async check(): Promise<void> {
    const keptMs = this.missing.length > 0 ? BELIEVED_MS : TRUSTED_MS;
    if (performance.now() - this.#askedAt < keptMs) return;
    const rows = await this.query<Refused>(SQL, [this.schema, Object.keys(FEEDS), CONTROL]);
    const byRight = new Map(rows.map((row) => toMissing(row, this.schema)).map((one) => [one.right, one]));
    this.missing = [...byRight.values()];
    this.#askedAt = performance.now();
  }
}

function toMissing({ schema, name, kind, enters }: Refused, own: string): MissingRight {
  if (!enters) {
    const costs = schema === own ? ESSENTIAL : CONTROL_COSTS;
    return { right: `USAGE of schema ${schema}`, costs, remedy: `GRANT USAGE ON SCHEMA ${schema}` };
  }
  const relation = `${schema}.${name}`;
  const costs = schema === own ? (FEEDS[name] ?? ESSENTIAL) : CONTROL_COSTS;
  const remedy = `GRANT SELECT ON ${kind === 'S' ? 'SEQUENCE ' : ''}${relation}`;
  return { right: `SELECT of ${relation}`, costs, remedy };
}
