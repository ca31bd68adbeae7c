'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { readFieldErrors } from '@/components/tasks/field-errors';
import { buildInput, fillForm } from '@/components/tasks/form-values';
import { NO_OPTIONS, OptionFields, type OptionTexts, toOptions, toTexts } from '@/components/tasks/option-fields';
import { RawJsonField } from '@/components/tasks/raw-json-field';
import { readSchema } from '@/components/tasks/read-schema';
import { SchemaForm } from '@/components/tasks/schema-form';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { jobHref } from '@/lib/client/http/url';
import { findJsonFault } from '@/lib/client/json/json-fault';
import { prettyJson } from '@/lib/client/json/json-text';
import { keys } from '@/lib/client/query-keys';
import { useTasks } from '@/lib/client/tasks';
import type { JobOptions } from '@/lib/contracts/jobs';
import type { Task } from '@/lib/contracts/tasks';

interface AddJobDialogProps {
  source: string;
  queue: string;
  /** A job to duplicate. */
  start?: { name: string; dataText: string; options: JobOptions };
  onClose: () => void;
}

/** Adds one job: by a form where its name is a registered task of this queue, by raw JSON for every other name. */
export function AddJobDialog({ source, queue, start, onClose }: AddJobDialogProps) {
  const tasks = useTasks().data?.items.filter((task) => task.queue === queue && task.source === source) ?? [];
  const client = useQueryClient();
  const id = useId();
  const [name, setName] = useState(start?.name ?? '');
  const [raw, setRaw] = useState(start ? prettyJson(start.dataText) : '{}');
  const [edited, setEdited] = useState<Record<string, string | boolean>>({});
  const [texts, setTexts] = useState<OptionTexts>(start ? toTexts(start.options) : NO_OPTIONS);
  const [error, setError] = useState<unknown>(null);
  const [local, setLocal] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  // Pressed twice, or again after a lost answer: still one job.
  const [key, setKey] = useState(() => crypto.randomUUID());

  const shownName = name || (start ? '' : (tasks[0]?.name ?? ''));
  const task = tasks.find((each) => each.name === shownName);
  const fields = task ? readSchema(task.inputSchema) : null;
  const values =
    fields && task
      ? { ...fillForm(fields, start?.name === task.name ? parseOr(start.dataText, task) : task.example), ...edited }
      : {};
  const errors = { ...readFieldErrors(error, 'data'), ...local };

  const submit = async () => {
    const built = fields
      ? buildInput(fields, values)
      : { text: raw, errors: findJsonFault(raw) ? { '': 'is not JSON' } : {} };
    const problems: Record<string, string> = shownName ? built.errors : { ...built.errors, name: 'is needed' };
    setLocal(problems);
    setError(null);
    if (Object.keys(problems).length > 0 || busy) return;
    setBusy(true);
    try {
      const rawBody = `{"name":${JSON.stringify(shownName)},"data":${built.text},"options":${JSON.stringify(toOptions(texts, start?.options))}}`;
      const added = await call('job.add', { source, queue }, { rawBody, idempotencyKey: key });
      if ('id' in added)
        showToast({
          tone: 'done',
          title: `Added ${added.name} ${added.id}`,
          href: jobHref(source, queue, added.id),
          hrefLabel: 'Open job',
        });
      void client.invalidateQueries({ queryKey: keys.jobLists(source, queue), refetchType: 'none' });
      onClose();
    } catch (failure) {
      setError(failure);
      setKey(crypto.randomUUID());
    }
    setBusy(false);
  };
  return (
    <Dialog
      title={start ? `Add a job like ${start.name}` : `Add a job to ${queue}`}
      className="wide"
      onClose={onClose}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" type="submit" busy={busy}>
            Add job
          </Button>
        </>
      }
    >
      {Boolean(error) && (
        <ProblemNotice
          title={error instanceof ProblemError ? error.title : 'The job was not added'}
          detail={describeRest(error)}
        />
      )}
      <div className="field">
        <label htmlFor={id}>Name</label>
        <input
          id={id}
          data-autofocus
          className="input"
          list={`${id}-tasks`}
          autoComplete="off"
          spellCheck={false}
          value={shownName}
          aria-invalid={errors.name ? true : undefined}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setEdited({});
            setLocal({});
          }}
        />
        <datalist id={`${id}-tasks`}>
          {tasks.map((each) => (
            <option key={each.name} value={each.name} />
          ))}
        </datalist>
        {errors.name && <span className="field-error">{errors.name}</span>}
        <span className="hint">
          {task ? task.description : 'Not a registered task: its data goes to the queue as it is.'}
        </span>
      </div>
      {fields ? (
        <SchemaForm
          fields={fields}
          values={values}
          errors={errors}
          onChange={(path, value) => setEdited({ ...edited, [path]: value })}
        />
      ) : (
        <RawJsonField label="Data" text={raw} error={errors[''] ?? null} onChange={setRaw} />
      )}
      <OptionFields texts={texts} errors={errors} onChange={setTexts} />
    </Dialog>
  );
}

function parseOr(text: string, task: Task): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return task.example;
  }
}

/** The sentence above the form: what the fields do not say themselves. */
function describeRest(error: unknown): string {
  if (!(error instanceof ProblemError)) return describeError(error);
  const list = error.errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return [error.detail, list].filter(Boolean).join(' ');
}
