'use client';

import { useId } from 'react';
import { findJsonFault } from '@/lib/client/json/json-fault';

interface RawJsonFieldProps {
  label: string;
  text: string;
  error: string | null;
  onChange: (text: string) => void;
}

/** JSON as text, sent as it stands; says where it stops being JSON while it is typed. */
export function RawJsonField({ label, text, error, onChange }: RawJsonFieldProps) {
  const id = useId();
  const fault = findJsonFault(text);
  const message = fault ? `Line ${fault.line}, column ${fault.column}: ${fault.message}` : error;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="input"
        rows={Math.min(16, Math.max(6, text.split('\n').length + 1))}
        spellCheck={false}
        aria-invalid={message ? true : undefined}
        aria-describedby={`${id}-state`}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <span id={`${id}-state`} role="status" className={message ? 'field-error' : 'hint'}>
        {message ?? 'JSON, sent as it stands.'}
      </span>
    </div>
  );
}
