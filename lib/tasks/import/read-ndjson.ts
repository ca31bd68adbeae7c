import { IMPORT_MAX_LINES } from '@/lib/contracts/tasks';
import { isDeeperThan, JSON_LEVELS } from '@/lib/json-depth';
import { findUnsafeNumber } from '@/lib/unsafe-number';
import { tooManyLines } from './read-text';

/** One record of a file: what it asks for, or what is wrong with it. `line` counts from 1. */
export type ReadLine = { line: number } & (
  | { given: { input: unknown; options: unknown }; errors: null }
  | { given: null; errors: { path: string; message: string }[] }
);

/** One JSON value a line; empty lines do not count. 413 beyond 10,000. */
export function readNdjson(text: string): ReadLine[] {
  const lines: ReadLine[] = [];
  let line = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const one = text.slice(from, end === -1 ? undefined : end).trim();
    from = end === -1 ? text.length : end + 1;
    line += 1;
    if (one === '') continue;
    if (lines.length === IMPORT_MAX_LINES) throw tooManyLines();
    lines.push({ line, ...readOne(one) });
  }
  return lines;
}

function readOne(
  text: string,
): Omit<Extract<ReadLine, { given: null }>, 'line'> | { given: { input: unknown; options: unknown }; errors: null } {
  if (isDeeperThan(text))
    return { given: null, errors: [{ path: '', message: `is nested deeper than ${JSON_LEVELS} levels` }] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { given: null, errors: [{ path: '', message: `is not JSON: ${(error as Error).message.slice(0, 160)}` }] };
  }
  const unsafe = findUnsafeNumber(text);
  if (unsafe !== null)
    return {
      given: null,
      errors: [{ path: '', message: `the number ${unsafe} would lose digits; send it as a string` }],
    };
  return {
    given: isWrapped(value) ? { input: value.input, options: value.options ?? {} } : { input: value, options: {} },
    errors: null,
  };
}

/** `{ "input": … }`, alone or with `"options"`: the same as POST /tasks/{task} takes. Anything else is the input itself. */
function isWrapped(value: unknown): value is { input: unknown; options?: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('input' in value)) return false;
  return Object.keys(value).every((key) => key === 'input' || key === 'options');
}
