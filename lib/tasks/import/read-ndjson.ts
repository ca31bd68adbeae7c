import { IMPORT_MAX_RECORD_CHARS } from '@/lib/contracts/tasks';
import { isDeeperThan, JSON_LEVELS } from '@/lib/json-depth';
import { Slices } from '@/lib/slices';
import { findUnsafeNumber } from '@/lib/unsafe-number';
import { checkLineCount, RECORD_TOO_LONG } from './read-text';

type Given = { given: { input: unknown; options: unknown }; chars: number; errors: null };
type Refused = { given: null; errors: { path: string; message: string }[] };

/** One record of a file: what it asks for and how long it is, or what is wrong with it. `line` counts from 1. */
export type ReadLine = { line: number } & (Given | Refused);

/** One JSON value a line; empty lines do not count. 413 beyond 10,000, and beyond 100,000 with the empty ones. */
export async function readNdjson(text: string): Promise<ReadLine[]> {
  const slices = new Slices();
  const lines: ReadLine[] = [];
  let line = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end === -1 ? text.length : end;
    line += 1;
    const one = to - from > IMPORT_MAX_RECORD_CHARS ? null : text.slice(from, to).trim();
    from = to + 1;
    if (one !== '') {
      checkLineCount(lines.length + 1, line);
      lines.push({ line, ...(one === null ? refuse(RECORD_TOO_LONG) : readOne(one)) });
    } else checkLineCount(lines.length, line);
    if (slices.isOver) await slices.rest();
  }
  return lines;
}

function readOne(text: string): Given | Refused {
  // Before it is parsed: a line of brackets alone takes twenty times as long as any other.
  if (isDeeperThan(text)) return refuse(`is nested deeper than ${JSON_LEVELS} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`is not JSON: ${(error as Error).message.slice(0, 160)}`);
  }
  const unsafe = findUnsafeNumber(text);
  if (unsafe !== null) return refuse(`the number ${unsafe} would lose digits; send it as a string`);
  return {
    given: isWrapped(value) ? { input: value.input, options: value.options ?? {} } : { input: value, options: {} },
    chars: text.length,
    errors: null,
  };
}

const refuse = (message: string): Refused => ({ given: null, errors: [{ path: '', message }] });

/** `{ "input": … }`, alone or with `"options"`: the same as POST /tasks/{task} takes. Anything else is the input itself. */
function isWrapped(value: unknown): value is { input: unknown; options?: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('input' in value)) return false;
  return Object.keys(value).every((key) => key === 'input' || key === 'options');
}
