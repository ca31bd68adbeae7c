import { OperationCard } from '@/components/docs/operation-card';
import type { Operation } from '@/components/docs/read-operations';
import { ERRORS } from '@/lib/contracts/errors';

const TAGS: Record<string, string> = {
  source: 'Sources',
  queue: 'Queues',
  job: 'Jobs',
  worker: 'Workers',
  task: 'Tasks',
  live: 'Live',
  system: 'System',
};

/** The whole API on one page, from the document that the server itself is checked against. Works without script. */
export function ApiView({ operations, origin }: { operations: Operation[]; origin: string }) {
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  return (
    <div className="page">
      <div className="head">
        <h1>API</h1>
        <span className="muted">
          JSON under <span className="mono">{origin}/api/v1</span> ·{' '}
          <a className="link" href="/api/v1/openapi.json">
            openapi.json
          </a>
        </span>
      </div>
      <nav className="flex flex-wrap gap-x-4 gap-y-1" aria-label="Operations">
        {operations.map((operation) => (
          <a key={operation.id} className="mono muted leading-6 hover:underline" href={`#${operation.id}`}>
            {operation.id}
          </a>
        ))}
      </nav>
      <section className="card">
        <header>
          <h2>For all of them</h2>
        </header>
        <ul className="m-0 grid list-disc gap-1 py-3 pr-4 pl-8">
          <li>
            Errors are <span className="mono">application/problem+json</span> with <span className="mono">code</span>,{' '}
            <span className="mono">detail</span> and, for input,{' '}
            <span className="mono">errors[&#123; path, message &#125;]</span>.
          </li>
          <li>
            Lists are pages: <span className="mono">&#123; items, nextCursor &#125;</span>; hand{' '}
            <span className="mono">nextCursor</span> back as <span className="mono">cursor</span> until it is null.
          </li>
          <li>
            Times are given in UTC with milliseconds, and taken with any offset (RFC 3339, of 1970 to 9999); durations
            end in <span className="mono">Ms</span>; <span className="mono">null</span> is what cannot be known.
          </li>
          <li>
            JSON may be nested 200 levels deep. Names, reasons and notes that are kept hold no NUL; the data of a job
            may, where its broker can hold it.
          </li>
          <li>
            With <span className="mono">Idempotency-Key</span>, the same enqueue within 24 hours answers the first job
            and adds none.
          </li>
          <li>
            While a broker is away, the answer is 503 with <span className="mono">Retry-After</span>, and nothing is
            half done.
          </li>
          <li>
            Searches, figures and exports take turns, two at once of one caller: 429 says with{' '}
            <span className="mono">Retry-After</span> when to ask again. Enqueuing never waits for them.
          </li>
        </ul>
      </section>
      {tags.map((tag) => (
        <section key={tag} className="col" aria-labelledby={`tag-${tag}`}>
          <h2 id={`tag-${tag}`} className="mt-2 text-[15px]">
            {TAGS[tag] ?? tag}
          </h2>
          {operations
            .filter((operation) => operation.tag === tag)
            .map((operation) => (
              <OperationCard key={operation.id} operation={operation} origin={origin} />
            ))}
        </section>
      ))}
      <ErrorTable />
    </div>
  );
}

/** Every `type` of a problem leads here. */
function ErrorTable() {
  return (
    <section className="col" aria-labelledby="errors">
      <h2 id="errors" className="mt-2 text-[15px]">
        Errors
      </h2>
      <div className="card scroll-x">
        <table className="grid-table">
          <thead>
            <tr>
              <th className="num">Status</th>
              <th>Code</th>
              <th className="w-full">Means</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(ERRORS).map(([code, [status, title]]) => (
              <tr key={code} id={code} className="scroll-mt-14 target:bg-hover">
                <td className="num">{status}</td>
                <td className="mono">{code}</td>
                <td>{title}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
