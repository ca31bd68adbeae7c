'use client';

import type { FieldSpec } from '@/components/tasks/form/read-schema';

interface SchemaInputProps {
  id: string;
  field: FieldSpec;
  value: string | boolean | undefined;
  invalid: boolean;
  describedBy: string | undefined;
  onChange: (path: string, value: string | boolean) => void;
}

const TYPES: Partial<Record<FieldSpec['kind'], string>> = {
  date: 'date',
  datetime: 'datetime-local',
  email: 'email',
  url: 'url',
};

/** The one control that fits a field. */
export function SchemaInput({ id, field, value, invalid, describedBy, onChange }: SchemaInputProps) {
  const common = {
    id,
    'aria-invalid': invalid || undefined,
    'aria-describedby': describedBy,
    'aria-required': field.required || undefined,
  };
  const text = typeof value === 'string' ? value : '';
  if (field.kind === 'boolean')
    return (
      <input
        {...common}
        type="checkbox"
        className="check"
        checked={value === true}
        onChange={(event) => onChange(field.path, event.currentTarget.checked)}
      />
    );
  if (field.kind === 'enum')
    return (
      <select
        {...common}
        className="input"
        value={text}
        onChange={(event) => onChange(field.path, event.currentTarget.value)}
      >
        {(!field.required || text === '') && <option value="">—</option>}
        {field.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  if (field.kind === 'json' || field.kind === 'strings' || field.kind === 'text')
    return (
      <textarea
        {...common}
        className="input"
        rows={field.kind === 'json' ? 5 : 3}
        spellCheck={false}
        value={text}
        onChange={(event) => onChange(field.path, event.currentTarget.value)}
      />
    );
  const isNumber = field.kind === 'integer' || field.kind === 'number';
  return (
    <input
      {...common}
      className={`input ${isNumber ? 'tnum' : ''}`}
      // A number stays text, so that no digit is lost; the keyboard of a phone still fits.
      type={TYPES[field.kind] ?? 'text'}
      inputMode={isNumber ? 'decimal' : undefined}
      autoComplete="off"
      value={text}
      onChange={(event) => onChange(field.path, event.currentTarget.value)}
    />
  );
}
