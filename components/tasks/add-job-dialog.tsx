'use client';

import { useId } from 'react';
import { OptionFields } from '@/components/tasks/form/option-fields';
import { RawJsonField } from '@/components/tasks/form/raw-json-field';
import { SchemaForm } from '@/components/tasks/form/schema-form';
import { type StartJob, useAddJob } from '@/components/tasks/use-add-job';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';

interface AddJobDialogProps {
  source: string;
  queue: string;
  start?: StartJob;
  onClose: () => void;
}

/** Adds one job: by a form where its name is a registered task of this queue, by raw JSON for every other name. */
export function AddJobDialog({ source, queue, start, onClose }: AddJobDialogProps) {
  const form = useAddJob(source, queue, start, onClose);
  return (
    <Dialog
      title={start ? `Add a job like ${start.name}` : `Add a job to ${queue}`}
      className="wide"
      onClose={onClose}
      onSubmit={() => void form.submit()}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" type="submit" busy={form.busy}>
            Add job
          </Button>
        </>
      }
    >
      {Boolean(form.error) && (
        <ProblemNotice
          title={form.error instanceof ProblemError ? form.error.title : 'The job was not added'}
          detail={describeRest(form.error)}
        />
      )}
      <NameField form={form} />
      {form.fields ? (
        <SchemaForm fields={form.fields} values={form.values} errors={form.errors} onChange={form.edit} />
      ) : (
        <RawJsonField label="Data" text={form.raw} error={form.errors[''] ?? null} onChange={form.setRaw} />
      )}
      <OptionFields texts={form.texts} errors={form.errors} onChange={form.setTexts} />
    </Dialog>
  );
}

function NameField({ form }: { form: ReturnType<typeof useAddJob> }) {
  const id = useId();
  const error = form.errors.name;
  return (
    <div className="field">
      <label htmlFor={id}>Name</label>
      <input
        id={id}
        data-autofocus
        className="input"
        list={`${id}-tasks`}
        autoComplete="off"
        spellCheck={false}
        value={form.name}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-hint`}
        onChange={(event) => form.rename(event.currentTarget.value)}
      />
      <datalist id={`${id}-tasks`}>
        {form.tasks.map((each) => (
          <option key={each.name} value={each.name} />
        ))}
      </datalist>
      <span id={`${id}-hint`} className={error ? 'field-error' : 'hint'}>
        {error ?? form.task?.description ?? 'Not a registered task: its data goes to the queue as it is.'}
      </span>
    </div>
  );
}

/** The sentence above the form: what the fields do not say themselves. */
function describeRest(error: unknown): string {
  if (!(error instanceof ProblemError)) return describeError(error);
  const list = error.errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return [error.detail, list].filter(Boolean).join(' ');
}
