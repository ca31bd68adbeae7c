'use client';

import { useId } from 'react';
import type { JobOptions } from '@/lib/contracts/jobs';

/** Typed as text; an empty one is left out. */
export interface OptionTexts {
  delaySeconds: string;
  priority: string;
  attempts: string;
  id: string;
}

export const NO_OPTIONS: OptionTexts = { delaySeconds: '', priority: '', attempts: '', id: '' };

export function toOptions(texts: OptionTexts, base: JobOptions = {}): JobOptions {
  const options: JobOptions = { ...base };
  if (texts.delaySeconds.trim()) options.delayMs = Math.round(Number(texts.delaySeconds) * 1000);
  if (texts.priority.trim()) options.priority = Number(texts.priority);
  if (texts.attempts.trim()) options.attempts = Number(texts.attempts);
  if (texts.id.trim()) options.id = texts.id.trim();
  return options;
}

/** Options → fields, for what the fields can show. */
export function toTexts(options: JobOptions): OptionTexts {
  return {
    delaySeconds: options.delayMs === undefined ? '' : String(options.delayMs / 1000),
    priority: options.priority === undefined ? '' : String(options.priority),
    attempts: options.attempts === undefined ? '' : String(options.attempts),
    id: options.id ?? '',
  };
}

const FIELDS: { name: keyof OptionTexts; label: string; path: string; hint: string }[] = [
  { name: 'delaySeconds', label: 'Delay (s)', path: 'delayMs', hint: 'none' },
  { name: 'priority', label: 'Priority', path: 'priority', hint: '1 first' },
  { name: 'attempts', label: 'Attempts', path: 'attempts', hint: 'default' },
  { name: 'id', label: 'Job id', path: 'id', hint: 'automatic' },
];

interface OptionFieldsProps {
  texts: OptionTexts;
  /** The server's, by its path: `options.delayMs`. */
  errors: Record<string, string>;
  onChange: (texts: OptionTexts) => void;
}

export function OptionFields({ texts, errors, onChange }: OptionFieldsProps) {
  const id = useId();
  return (
    <fieldset className="m-0 grid grid-cols-4 gap-3 border-0 p-0 max-sm:grid-cols-2">
      <legend className="sr-only">Options</legend>
      {FIELDS.map(({ name, label, path, hint }) => {
        const error = errors[`options.${path}`] ?? errors[path];
        return (
          <div key={name} className="field">
            <label htmlFor={`${id}-${name}`}>{label}</label>
            <input
              id={`${id}-${name}`}
              className="input tnum"
              inputMode={name === 'id' ? 'text' : 'decimal'}
              autoComplete="off"
              placeholder={hint}
              aria-invalid={error ? true : undefined}
              aria-describedby={error ? `${id}-${name}-error` : undefined}
              value={texts[name]}
              onChange={(event) => onChange({ ...texts, [name]: event.currentTarget.value })}
            />
            {error && (
              <span id={`${id}-${name}-error`} className="field-error">
                {error}
              </span>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
