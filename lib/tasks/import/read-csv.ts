import { CodedError } from '@/lib/contracts/errors';
import { isDeeperThan, JSON_LEVELS } from '@/lib/json-depth';
import { Slices } from '@/lib/slices';
import type { ReadLine } from './read-ndjson';
import { checkLineCount } from './read-text';
import { type CsvRecord, CsvRecords, delimiterOf } from './split-records';

const MAX_COLUMNS = 200;
const MAX_NAME_CHARS = 200;
/** A number with more is none that a double can hold. */
const MAX_NUMBER_CHARS = 400;

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
export async function readCsv(text: string, schema: FieldSchema): Promise<ReadLine[]> {
  const slices = new Slices();
  const records = new CsvRecords(text, delimiterOf(text));
  if (records.isAtEnd) return [];
  const header = records.next(MAX_COLUMNS, true);
  const names = header.cells.map((name) => name.trim());
  checkHeader(names, header.count);
  const columns = names.map((name) => toColumn(name, schema));
  const lines: ReadLine[] = [];
  for (let read = 1; !records.isAtEnd; read += 1) {
    const record = records.next(columns.length);
    const isEmpty = record.count === 1 && record.cells[0] === '';
    checkLineCount(lines.length + (isEmpty ? 0 : 1), read);
    if (record.fault !== null) lines.push(refuse(record.line, [{ path: '', message: record.fault }]));
    else if (!isEmpty) lines.push(toLine(record, columns));
    if (slices.isOver) await slices.rest();
  }
  return lines;
}

function checkHeader(columns: string[], count: number): void {
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  const long = columns.find((name) => name.length > MAX_NAME_CHARS);
  const fault =
    count > MAX_COLUMNS
      ? `names more than ${MAX_COLUMNS} columns`
      : long !== undefined
        ? `has a name of more than ${MAX_NAME_CHARS} characters`
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

interface Column {
  name: string;
  path: string[];
  isOption: boolean;
  /** What the field takes; null = an option, or a field of which nothing is known. */
  types: string[] | null;
}

function toColumn(name: string, schema: FieldSchema): Column {
  const isOption = name.startsWith('options.');
  const path = (isOption ? name.slice('options.'.length) : name).split('.');
  const types = isOption ? [] : typesOf(fieldOf(schema, path));
  return { name, path, isOption, types: types.length === 0 ? null : types };
}

function toLine({ line, cells, count, chars }: CsvRecord, columns: Column[]): ReadLine {
  if (count !== columns.length)
    return refuse(line, [{ path: '', message: `has ${count} cells where the header has ${columns.length}` }]);
  const input: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  const errors: { path: string; message: string }[] = [];
  columns.forEach(({ name, path, isOption, types }, i) => {
    const cell = cells[i] ?? '';
    if (cell === '') return;
    const read = readCell(cell, types);
    if ('fault' in read) errors.push({ path: isOption ? name : `input.${name}`, message: read.fault });
    else if (!place(isOption ? options : input, path, read.value))
      errors.push({ path: name, message: 'stands inside another column of this file' });
  });
  return errors.length > 0 ? refuse(line, errors) : { line, given: { input, options }, chars, errors: null };
}

const refuse = (line: number, errors: { path: string; message: string }[]): ReadLine => ({ line, given: null, errors });

function fieldOf(schema: FieldSchema, path: string[]): FieldSchema {
  return path.reduce<FieldSchema>((at, name) => at.properties?.[name] ?? {}, schema);
}

function typesOf(field: FieldSchema): string[] {
  const own = field.type === undefined ? [] : [field.type].flat();
  return [...own, ...(field.anyOf ?? []).flatMap(typesOf)];
}

/** Without types it is whatever JSON makes of it, else text. */
function readCell(cell: string, types: string[] | null): { value: unknown } | { fault: string } {
  const has = (type: string) => types?.includes(type) ?? false;
  if (has('string')) return { value: cell };
  const text = cell.trim();
  if (types === null) return { value: looksLikeJson(text) ? parse(text, cell) : cell };
  if ((has('number') || has('integer')) && isNumber(text)) return asNumber(text);
  if (has('boolean') && /^(true|false|1|0|yes|no)$/i.test(text)) return { value: /^(true|1|yes)$/i.test(text) };
  if (has('null') && text === 'null') return { value: null };
  if (has('array') || has('object')) {
    if (isDeeperThan(text)) return { fault: `is nested deeper than ${JSON_LEVELS} levels` };
    const value = parse(text, undefined);
    return value === undefined ? { fault: `must be JSON (${types.join(' or ')})` } : { value };
  }
  return { fault: `must be ${types.join(' or ')}` };
}

const isNumber = (text: string) => text !== '' && text.length <= MAX_NUMBER_CHARS && Number.isFinite(Number(text));

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
