'use client';

import { useId } from 'react';
import type { FormValues } from '@/components/tasks/form/form-values';
import type { FieldSpec } from '@/components/tasks/form/read-schema';
import { SchemaInput } from '@/components/tasks/form/schema-input';

export interface SchemaFormProps {
  fields: FieldSpec[];
  values: FormValues;
  /** By path. */
  errors: Record<string, string>;
  onChange: (path: string, value: string | boolean) => void;
}

/** The fields of a JSON Schema; nested objects as groups. */
export function SchemaForm({ fields, ...rest }: SchemaFormProps) {
  return fields.map((field) =>
    field.kind === 'object' ? (
      <fieldset key={field.path} className="m-0 grid min-w-0 gap-4 rounded-md border border-line px-3 pt-2 pb-3">
        <legend className="field-label px-1">{field.label}</legend>
        {field.description && <p className="hint m-0">{field.description}</p>}
        <SchemaForm fields={field.fields} {...rest} />
      </fieldset>
    ) : (
      <Field key={field.path} field={field} {...rest} />
    ),
  );
}

function Field({ field, values, errors, onChange }: Omit<SchemaFormProps, 'fields'> & { field: FieldSpec }) {
  const id = useId();
  // The server may complain about an item of a list (`columns.0`): that belongs to the list's field.
  const error = errors[field.path] ?? Object.entries(errors).find(([path]) => path.startsWith(`${field.path}.`))?.[1];
  const hint = field.description ?? HINTS[field.kind];
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
  const isSwitch = field.kind === 'boolean';
  return (
    <div className={isSwitch ? 'field' : 'field'}>
      <label htmlFor={id} className={isSwitch ? 'flex items-center gap-2' : ''}>
        {isSwitch && (
          <SchemaInput
            id={id}
            field={field}
            value={values[field.path]}
            invalid={Boolean(error)}
            describedBy={described}
            onChange={onChange}
          />
        )}
        {field.label}
        {!field.required && !isSwitch && <span className="faint font-normal"> optional</span>}
      </label>
      {!isSwitch && (
        <SchemaInput
          id={id}
          field={field}
          value={values[field.path]}
          invalid={Boolean(error)}
          describedBy={described}
          onChange={onChange}
        />
      )}
      {error && (
        <span id={`${id}-error`} className="field-error">
          {error}
        </span>
      )}
      {hint && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
    </div>
  );
}

const HINTS: Partial<Record<FieldSpec['kind'], string>> = {
  strings: 'One on each line',
  json: 'JSON',
  datetime: 'In your time zone',
};
