import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { readFieldErrors } from '@/components/tasks/form/field-errors';
import { buildInput, type FormValues, fillForm } from '@/components/tasks/form/form-values';
import { NO_OPTIONS, type OptionTexts, toOptions, toTexts } from '@/components/tasks/form/option-fields';
import { readSchema } from '@/components/tasks/form/read-schema';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { ProblemError } from '@/lib/client/http/problem-error';
import { jobHref } from '@/lib/client/http/url';
import { findJsonFault } from '@/lib/client/json/json-fault';
import { prettyJson } from '@/lib/client/json/json-text';
import { keys } from '@/lib/client/query-keys';
import { useTasks } from '@/lib/client/tasks';
import type { JobOptions } from '@/lib/contracts/jobs';
import type { Task } from '@/lib/contracts/tasks';

/** A job to duplicate. */
export interface StartJob {
  name: string;
  dataText: string;
  options: JobOptions;
}

/** What stands in the add-job form, and what happens when it is sent. */
export function useAddJob(source: string, queue: string, start: StartJob | undefined, onDone: () => void) {
  const tasks = useTasks().data?.items.filter((task) => task.queue === queue && task.source === source) ?? [];
  const client = useQueryClient();
  const [typed, setTyped] = useState(start?.name ?? '');
  const [raw, setRaw] = useState(start ? prettyJson(start.dataText) : '{}');
  const [edited, setEdited] = useState<FormValues>({});
  const [texts, setTexts] = useState<OptionTexts>(start ? toTexts(start.options) : NO_OPTIONS);
  const [error, setError] = useState<unknown>(null);
  const [local, setLocal] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  // Pressed twice, or again after a lost answer: still one job.
  const [key, setKey] = useState(() => crypto.randomUUID());

  const name = typed || (start ? '' : (tasks[0]?.name ?? ''));
  const task = tasks.find((each) => each.name === name);
  const fields = task ? readSchema(task.inputSchema) : null;
  const values = fields && task ? { ...fillForm(fields, pickStart(task, start)), ...edited } : {};

  const submit = async () => {
    const built = fields
      ? buildInput(fields, values)
      : { text: raw, errors: findJsonFault(raw) ? { '': 'is not JSON' } : {} };
    const problems: Record<string, string> = name ? built.errors : { ...built.errors, name: 'is needed' };
    setLocal(problems);
    setError(null);
    if (Object.keys(problems).length > 0 || busy) return;
    setBusy(true);
    try {
      const options = JSON.stringify(toOptions(texts, start?.options));
      const rawBody = `{"name":${JSON.stringify(name)},"data":${built.text},"options":${options}}`;
      const added = await call('job.add', { source, queue }, { rawBody, idempotencyKey: key });
      if ('id' in added) announce(source, queue, added);
      void client.invalidateQueries({ queryKey: keys.jobLists(source, queue), refetchType: 'none' });
      onDone();
    } catch (failure) {
      setError(failure);
      if (failure instanceof ProblemError && failure.status !== 0) setKey(crypto.randomUUID());
    }
    setBusy(false);
  };
  const rename = (next: string) => {
    setTyped(next);
    setEdited({});
    setLocal({});
  };
  const edit = (path: string, value: string | boolean) => setEdited({ ...edited, [path]: value });
  const errors = { ...readFieldErrors(error, 'data'), ...local };
  return { tasks, task, name, rename, fields, values, edit, raw, setRaw, texts, setTexts, error, errors, busy, submit };
}

function announce(source: string, queue: string, { name, id }: { name: string; id: string }): void {
  showToast({ tone: 'done', title: `Added ${name} ${id}`, href: jobHref(source, queue, id), hrefLabel: 'Open job' });
}

/** A duplicate starts from its original's data, any other job from the task's example. */
function pickStart(task: Task, start: StartJob | undefined): unknown {
  if (start?.name !== task.name) return task.example;
  try {
    return JSON.parse(start.dataText);
  } catch {
    return task.example;
  }
}
