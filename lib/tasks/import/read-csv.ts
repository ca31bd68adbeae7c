import { CodedError } from '@/lib/contracts/errors';
import { IMPORT_MAX_LINES } from '@/lib/contracts/tasks';
import { isDeeperThan } from '@/lib/json-depth';
import type { ReadLine } from './read-ndjson';
import { tooManyLines } from './read-text';

const MAX_COLUMNS = 200;

/** JSON Schema of a task's input, as far as cells need it. */
export interface FieldSchema {
  type?: string | string[];
  properties?: Record<string, FieldSchema>;
  anyOf?: FieldSchema[];
  items?: unknown;
}

/**
 * RFC 4180 (quotes, quoted line breaks, CRLF), comma or semicolon by the header. The header names the input's fields, `address.city`
 * for nested ones, and `options.priority` and the like for options. An empty cell is left out. A cell is read as the field's type
 * says: numbers and booleans, lists and objects as JSON, the rest as text.
 */
export function readCsv(text: string, schema: FieldSchema): ReadLine[] {
  const records = splitRecords(text);
  const header = records.next();
  if (header.done) return [];
  const columns = header.value.cells.map((name) => name.trim());
  checkHeader(columns);
  const lines: ReadLine[] = [];
  for (const { line, cells, fault } of records) {
    if (cells.length === 1 && cells[0] === '') continue;
    if (lines.length === IMPORT_MAX_LINES) throw tooManyLines();
    lines.push(
      fault ? { line, given: null, errors: [{ path: '', message: fault }] } : toLine(line, columns, cells, schema),
    );
  }
  return lines;
}

function checkHeader(columns: string[]): void {
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  const fault =
    columns.length > MAX_COLUMNS
      ? `names more than ${MAX_COLUMNS} columns`
      : columns.some((name) => name === '')
        ? 'has a column without a name'
        : twice !== undefined
          ? `names "${twice.slice(0, 80)}" twice`
          : columns.some((name) => name.split('.').some((part) => part === '__proto__'))
            ? 'names a field that cannot be'
            : null;
  if (fault !== null)
    throw new CodedError('validation_failed', `The first line (the header) ${fault}.`, {
      errors: [{ path: 'header', message: fault }],
    });
}

function toLine(line: number, columns: string[], cells: string[], schema: FieldSchema): ReadLine {
  if (cells.length !== columns.length)
    return {
      line,
      given: null,
      errors: [{ path: '', message: `has ${cells.length} cells where the header has ${columns.length}` }],
    };
  const input: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  const errors: { path: string; message: string }[] = [];
  columns.forEach((column, i) => {
    const cell = cells[i] ?? '';
    if (cell === '') return;
    const isOption = column.startsWith('options.');
    const path = (isOption ? column.slice('options.'.length) : column).split('.');
    const read = readCell(cell, isOption ? null : fieldOf(schema, path));
    if ('fault' in read) errors.push({ path: isOption ? column : `input.${column}`, message: read.fault });
    else if (!place(isOption ? options : input, path, read.value))
      errors.push({ path: column, message: 'stands inside another column of this file' });
  });
  return errors.length > 0 ? { line, given: null, errors } : { line, given: { input, options }, errors: null };
}

function fieldOf(schema: FieldSchema, path: string[]): FieldSchema {
  return path.reduce<FieldSchema>((at, name) => at.properties?.[name] ?? {}, schema);
}

function typesOf(field: FieldSchema): string[] {
  const own = field.type === undefined ? [] : [field.type].flat();
  return [...own, ...(field.anyOf ?? []).flatMap(typesOf)];
}

/** `null` = an option: whatever JSON makes of it, else text. */
function readCell(cell: string, field: FieldSchema | null): { value: unknown } | { fault: string } {
  const types = field === null ? [] : typesOf(field);
  const has = (type: string) => types.includes(type);
  if (has('string')) return { value: cell };
  const text = cell.trim();
  if (field === null || types.length === 0) return { value: looksLikeJson(text) ? parse(text, cell) : cell };
  if ((has('number') || has('integer')) && text !== '' && Number.isFinite(Number(text))) return asNumber(text);
  if (has('boolean') && /^(true|false|1|0|yes|no)$/i.test(text)) return { value: /^(true|1|yes)$/i.test(text) };
  if (has('null') && text === 'null') return { value: null };
  if (has('array') || has('object')) {
    const value = parse(text, undefined);
    return value === undefined ? { fault: `must be JSON (${types.join(' or ')})` } : { value };
  }
  return { fault: `must be ${types.join(' or ')}` };
}

function asNumber(text: string): { value: number } | { fault: string } {
  const value = Number(text);
  const isExact = !/^-?\d+$/.test(text) || BigInt(text) === BigInt(value);
  return isExact ? { value } : { fault: `the number ${text.slice(0, 60)} would lose digits` };
}

const looksLikeJson = (text: string) => /^(-?\d{1,15}(\.\d{1,10})?|true|false|null|[[{].*)$/s.test(text);

function parse(text: string, otherwise: unknown): unknown {
  if (isDeeperThan(text)) return otherwise;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return otherwise;
  }
}

function place(into: Record<string, unknown>, path: string[], value: unknown): boolean {
  let at = into;
  for (const name of path.slice(0, -1)) {
    at[name] ??= {};
    const next = at[name];
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return false;
    at = next as Record<string, unknown>;
  }
  const last = path.at(-1) ?? '';
  if (Object.hasOwn(at, last)) return false;
  at[last] = value;
  return true;
}

interface CsvRecord {
  line: number;
  cells: string[];
  fault: string | null;
}

function* splitRecords(text: string): Generator<CsvRecord> {
  const comma = delimiterOf(text);
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const record: CsvRecord = { line, cells: [], fault: null };
    for (let isOpen = true; isOpen; ) {
      const cell = text[at] === '"' ? quotedCell(text, at + 1) : plainCell(text, at, comma);
      record.cells.push(cell.value);
      line += cell.breaks;
      at = cell.end;
      isOpen = text[at] === comma;
      if (isOpen) at += 1;
      else if (at < text.length && !/[\r\n]/.test(text[at] ?? '')) {
        record.fault = 'has text after a closing quote';
        at = plainCell(text, at, comma).end;
      }
      if (cell.isUnclosed) record.fault = 'has a quote that is never closed';
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    yield record;
  }
}

interface Cell {
  value: string;
  end: number;
  breaks: number;
  isUnclosed?: boolean;
}

function quotedCell(text: string, from: number): Cell {
  let end = text.indexOf('"', from);
  while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  const inner = text.slice(from, end === -1 ? undefined : end);
  const breaks = inner.split('\n').length - 1;
  const value = inner.replaceAll('""', '"');
  return end === -1 ? { value, end: text.length, breaks, isUnclosed: true } : { value, end: end + 1, breaks };
}

function plainCell(text: string, from: number, comma: string): Cell {
  let end = from;
  while (end < text.length && text[end] !== comma && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(from, end), end, breaks: 0 };
}

/** Spreadsheets of half the world write semicolons. */
function delimiterOf(text: string): ',' | ';' {
  const header = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
  return header.includes(';') && !header.includes(',') ? ';' : ',';
}
