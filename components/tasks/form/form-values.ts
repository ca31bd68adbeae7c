import type { FieldSpec } from '@/components/tasks/form/read-schema';
import { findJsonFault } from '@/lib/client/json/json-fault';

/** What stands in the fields, by path: text for all but switches. */
export type FormValues = Record<string, string | boolean>;

/** Fills the fields from a value (an example, or a job that is duplicated), else from the defaults. */
export function fillForm(fields: FieldSpec[], value: unknown): FormValues {
  const given = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const values: FormValues = {};
  for (const field of fields) {
    const own = given[field.name] ?? field.fallback;
    if (field.kind === 'object') Object.assign(values, fillForm(field.fields, own));
    else values[field.path] = toText(field, own);
  }
  return values;
}

function toText(field: FieldSpec, value: unknown): string | boolean {
  if (field.kind === 'boolean') return value === true;
  if (value === undefined || value === null) return '';
  if (field.kind === 'strings') return Array.isArray(value) ? value.join('\n') : String(value);
  if (field.kind === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export interface BuiltInput {
  /** JSON text: numbers stay as they were typed. */
  text: string;
  /** By path. The server has the last word; these are what it need not be asked for. */
  errors: Record<string, string>;
}

/** The input as JSON text. Empty optional fields are left out. */
export function buildInput(fields: FieldSpec[], values: FormValues): BuiltInput {
  const errors: Record<string, string> = {};
  return { text: buildObject(fields, values, errors) ?? '{}', errors };
}

function buildObject(fields: FieldSpec[], values: FormValues, errors: Record<string, string>): string | null {
  const members = fields.flatMap((field) => {
    const text =
      field.kind === 'object' ? buildNested(field, values, errors) : buildMember(field, values[field.path], errors);
    return text === null ? [] : [`${JSON.stringify(field.name)}:${text}`];
  });
  return members.length === 0 ? null : `{${members.join(',')}}`;
}

/** An optional object whose fields were all left empty is left out, and so are the complaints about its fields. */
function buildNested(field: FieldSpec, values: FormValues, errors: Record<string, string>): string | null {
  const own: Record<string, string> = {};
  const text = buildObject(field.fields, values, own);
  if (text === null && !field.required) return null;
  Object.assign(errors, own);
  return text ?? '{}';
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function buildMember(
  field: FieldSpec,
  value: string | boolean | undefined,
  errors: Record<string, string>,
): string | null {
  if (field.kind === 'boolean')
    return value === true || field.required || field.fallback !== undefined ? String(value === true) : null;
  const text = typeof value === 'string' ? value : '';
  const complain = (message: string) => {
    errors[field.path] = message;
    return null;
  };
  if (text.trim() === '') {
    if (field.nullable) return 'null';
    return field.required ? complain('is needed') : null;
  }
  if (field.kind === 'integer')
    return /^-?\d+$/.test(text.trim()) ? String(BigInt(text.trim())) : complain('must be a whole number');
  if (field.kind === 'number') return NUMBER.test(text.trim()) ? text.trim() : complain('must be a number');
  if (field.kind === 'strings')
    return JSON.stringify(
      text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    );
  if (field.kind === 'datetime') return JSON.stringify(toIso(text));
  if (field.kind !== 'json') return JSON.stringify(text);
  const fault = findJsonFault(text);
  return fault ? complain(`line ${fault.line}, column ${fault.column}: ${fault.message}`) : text.trim();
}

function toIso(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}
