'use client';

import { useState } from 'react';
import { listUnplaced, readFieldErrors } from '@/components/tasks/form/field-errors';
import { buildInput, fillForm } from '@/components/tasks/form/form-values';
import { NO_OPTIONS, OptionFields, type OptionTexts, toOptions } from '@/components/tasks/form/option-fields';
import { RawJsonField } from '@/components/tasks/form/raw-json-field';
import { readSchema } from '@/components/tasks/form/read-schema';
import { SchemaForm } from '@/components/tasks/form/schema-form';
import { ImportCard } from '@/components/tasks/import/import-card';
import { LastRunsCard } from '@/components/tasks/last-runs-card';
import { TaskFacts } from '@/components/tasks/task-facts';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { useOrigin } from '@/components/ui/now';
import { ProblemNotice } from '@/components/ui/problem';
import { ScrollText } from '@/components/ui/scroll-text';
import { TextField } from '@/components/ui/text-field';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { buildCurl } from '@/lib/client/http/curl';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { buildRequest, jobHref } from '@/lib/client/http/url';
import { findJsonFault } from '@/lib/client/json/json-fault';
import { prettyJson } from '@/lib/client/json/json-text';
import type { OfferedTask } from '@/lib/contracts/tasks';

interface TaskFormProps {
  task: OfferedTask;
  /** Said in the call, where several sources have the task. */
  source: string | undefined;
}

/** One form for a task, made from its schema, with the same call as a command beside it. */
export function TaskForm({ task, source }: TaskFormProps) {
  const fields = readSchema(task.inputSchema);
  const [values, setValues] = useState(() => fillForm(fields ?? [], task.example));
  const [raw, setRaw] = useState(() => JSON.stringify(task.example, null, 2));
  const [texts, setTexts] = useState<OptionTexts>(NO_OPTIONS);
  const [runAt, setRunAt] = useState('');
  const [local, setLocal] = useState<Record<string, string>>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const origin = useOrigin();

  const built = fields
    ? buildInput(fields, values)
    : { text: raw, errors: findJsonFault(raw) ? { '': 'is not JSON' } : {} };
  const at = new Date(runAt);
  const options = { ...toOptions(texts), ...(Number.isNaN(at.getTime()) ? {} : { runAt: at.toISOString() }) };
  const said = source === undefined ? '' : `,"source":${JSON.stringify(source)}`;
  const body =
    Object.keys(options).length > 0
      ? `{"input":${built.text},"options":${JSON.stringify(options)}${said}}`
      : `{"input":${built.text}${said}}`;
  const curl = buildCurl({ ...buildRequest('task.run', { task: task.name }), body: prettyJson(body) }, origin);
  const errors = { ...readFieldErrors(error, 'input'), ...local };
  const unplaced = listUnplaced(
    readFieldErrors(error, 'input'),
    (path) =>
      path.startsWith('options.') ||
      Boolean(fields?.some((field) => path === field.path || path.startsWith(`${field.path}.`))),
  );

  const submit = async () => {
    setLocal(built.errors);
    setError(null);
    if (Object.keys(built.errors).length > 0 || busy || task.leftAlone !== null) return;
    setBusy(true);
    try {
      const { source, queue, id } = await call(
        'task.run',
        { task: task.name },
        { rawBody: body, idempotencyKey: crypto.randomUUID() },
      );
      showToast({
        tone: 'done',
        title: `Enqueued ${task.name} ${id}`,
        href: jobHref(source, queue, id),
        hrefLabel: 'Open job',
      });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <div className="jobgrid">
      <div className="col">
        <form
          className="card"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <header>
            <h2>Input</h2>
          </header>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-[14px]">
            {Boolean(error) && (
              <ProblemNotice
                title={error instanceof ProblemError ? error.title : 'The job was not added'}
                detail={[error instanceof ProblemError ? error.detail : describeError(error), ...unplaced]
                  .filter(Boolean)
                  .join(' ')}
              />
            )}
            {fields ? (
              <SchemaForm
                fields={fields}
                values={values}
                errors={errors}
                onChange={(path, value) => setValues({ ...values, [path]: value })}
              />
            ) : (
              <RawJsonField label="Input" text={raw} error={errors[''] ?? null} onChange={setRaw} />
            )}
            <OptionFields texts={texts} errors={errors} onChange={setTexts} />
            <TextField
              label="At a time"
              optional
              type="datetime-local"
              step={1}
              className="max-w-[260px]"
              value={runAt}
              error={errors['options.runAt']}
              hint="In your time zone, in place of a delay. What is past means now."
              onChange={setRunAt}
            />
            <div className="flex gap-2">
              <Button look="primary" type="submit" busy={busy} blocked={task.leftAlone}>
                Enqueue
              </Button>
              <Button look="ghost" onClick={() => setValues(fillForm(fields ?? [], task.example))}>
                Back to the example
              </Button>
            </div>
          </div>
        </form>
        {task.leftAlone === null && <ImportCard task={task} source={source} />}
      </div>
      <div className="col">
        <TaskFacts task={task} />
        <LastRunsCard task={task.name} source={source} />
        <section className="card" aria-label="The same by curl">
          <header>
            <h2>By curl</h2>
            <div className="r">
              <CopyButton small look="ghost" label="Copy" text={() => curl} />
            </div>
          </header>
          <ScrollText label="curl command" wrap>
            {curl}
          </ScrollText>
        </section>
      </div>
    </div>
  );
}
