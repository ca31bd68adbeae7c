'use client';

import { type ComponentProps, type ReactNode, useId } from 'react';
import { toVisible } from '@/lib/format/visible';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  error?: string | null | undefined;
  hint?: ReactNode;
  optional?: boolean;
  /** As many lines of text as given. */
  rows?: number;
  /** Where the focus goes when the dialog around it opens. */
  'data-autofocus'?: boolean;
}

/** A labelled field with its complaint and its hint, tied together for screen readers. */
export function TextField({ label, value, onChange, error, hint, optional, rows, className, ...rest }: TextFieldProps) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
  const common = {
    id,
    value,
    className: 'input',
    'aria-invalid': error ? true : undefined,
    'aria-describedby': described,
  } as const;
  return (
    <div className={`field ${className ?? ''}`}>
      <label htmlFor={id}>
        {label}
        {optional && <span className="faint font-normal"> optional</span>}
      </label>
      {rows ? (
        <textarea
          {...common}
          rows={rows}
          spellCheck={false}
          maxLength={rest.maxLength}
          data-autofocus={rest['data-autofocus']}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...common}
          onChange={(event) => onChange(event.currentTarget.value)}
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

interface SelectFieldProps {
  label: ReactNode;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
  hint?: ReactNode;
}

export function SelectField({ label, value, options, onChange, hint }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        aria-describedby={hint ? `${id}-hint` : undefined}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {toVisible(option.label)}
          </option>
        ))}
      </select>
      {hint && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
    </div>
  );
}

interface SwitchFieldProps {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ReactNode;
}

export function SwitchField({ label, checked, onChange, hint }: SwitchFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className="flex items-center gap-2">
        <input
          id={id}
          type="checkbox"
          className="check"
          checked={checked}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {label}
      </label>
      {hint && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
    </div>
  );
}
