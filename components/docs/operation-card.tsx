import type { Field, Operation } from '@/components/docs/read-operations';
import { ScrollText } from '@/components/ui/scroll-text';
import { buildCurl } from '@/lib/client/http/curl';

const SAMPLES: Record<string, string> = {
  source: 'default',
  queue: 'emails',
  job: '1',
  task: 'send-welcome-email',
  state: 'failed',
  topics: 'overview',
};
const BODIES: Record<string, string> = {
  'task.run': '{"input":{"to":"ada@example.com","name":"Ada"}}',
  'job.add': '{"name":"send-welcome-email","data":{"to":"ada@example.com","name":"Ada"}}',
};

export function OperationCard({ operation, origin }: { operation: Operation; origin: string }) {
  const inputs = [...operation.parameters, ...(operation.body ?? [])];
  const good = operation.answers.filter(({ status }) => Number(status) < 400);
  const bad = operation.answers.filter(({ status }) => Number(status) >= 400);
  return (
    <article id={operation.id} className="card scroll-mt-14">
      <header className="flex-wrap">
        <h3 className="mono text-[12px]">
          <b className="font-[600]">{operation.method}</b>{' '}
          <span className="[overflow-wrap:anywhere]">/api/v1{operation.path}</span>
        </h3>
        <div className="r">{operation.summary}</div>
      </header>
      <div className="two gap-0 max-[900px]:gap-0">
        <div className="min-w-0">
          {inputs.length > 0 ? (
            <Fields fields={inputs} title="Takes" showPlace />
          ) : (
            <p className="faint m-0 px-[14px] py-3">Takes nothing.</p>
          )}
          <dl className="facts border-line border-t">
            {good.map(({ status, description }) => (
              <div key={status}>
                <dt className="mono">{status}</dt>
                <dd>{description}</dd>
              </div>
            ))}
            {bad.map(({ status, description }) => (
              <div key={status}>
                <dt className="mono">{status}</dt>
                <dd className="muted">{description}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div className="min-w-0 border-line min-[901px]:border-l max-[900px]:border-t">
          <ScrollText label={`curl example of ${operation.id}`}>{makeCurl(operation, origin)}</ScrollText>
          {good.map(({ status, fields }) =>
            fields.length > 0 ? (
              <details key={status} className="border-line border-t">
                <summary className="cursor-pointer px-[14px] py-2 text-ink-2">Answer {status}</summary>
                <Fields fields={fields} title="Answers" />
              </details>
            ) : null,
          )}
        </div>
      </div>
    </article>
  );
}

function makeCurl(operation: Operation, origin: string): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? name);
  const query = operation.parameters
    .filter((field) => field.place === 'query' && field.required)
    .map((field) => `${field.name}=${SAMPLES[field.name] ?? 1}`);
  const url = `/api/v1${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  const body = operation.bodyExample ? (BODIES[operation.id] ?? operation.bodyExample) : undefined;
  const command = buildCurl({ method: operation.method, url, body }, origin);
  return operation.method === 'GET' ? command.replace('-X GET ', operation.id === 'live.stream' ? '-N ' : '') : command;
}

function Fields({ fields, title, showPlace = false }: { fields: Field[]; title: string; showPlace?: boolean }) {
  return (
    <table className="w-full border-collapse" aria-label={title}>
      <tbody>
        {fields.map((field) => (
          <tr key={`${field.place} ${field.name}`} className="border-line border-b align-top last:border-0">
            <td className="mono py-1.5 pr-2 pl-[14px] [overflow-wrap:anywhere]">
              {field.name}
              {field.required && <span className="faint"> needed</span>}
            </td>
            {showPlace && <td className="faint py-1.5 pr-2">{field.place}</td>}
            <td className="py-1.5 pr-[14px] [overflow-wrap:anywhere]">
              <span className="mono muted">{field.type}</span>
              {field.note && <div className="hint">{field.note}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
