import { CodedError } from '@/lib/contracts/errors';
import { IMPORT_MAX_RECORD_CHARS } from '@/lib/contracts/tasks';
import { RECORD_TOO_LONG } from './read-text';

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

export interface CsvRecord {
  /** Where it begins, counted from 1 as an editor does. */
  line: number;
  /** As many as were asked for; `count` of them there are. */
  cells: string[];
  count: number;
  chars: number;
  fault: string | null;
}

/** The records of a CSV text, one at a time (RFC 4180: quotes, quoted line breaks, CRLF). */
export class CsvRecords {
  #at = 0;
  #line = 1;
  #code: number;

  constructor(
    private readonly text: string,
    comma: ',' | ';',
  ) {
    this.#code = comma.charCodeAt(0);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  /**
   * The next record, with its first `most` cells. `stops`: not read to its end where it has more. One walk over its characters; throws
   * where there are too many of them, since where it ends cannot be known without reading on.
   */
  next(most: number, stops = false): CsvRecord {
    const record: CsvRecord = { line: this.#line, cells: [], count: 0, chars: 0, fault: null };
    const from = this.#at;
    const bound = from + IMPORT_MAX_RECORD_CHARS;
    for (let isOpen = true; isOpen; ) {
      if (stops && record.count >= most) return { ...record, count: most + 1 };
      this.#takeCell(record, most, bound);
      isOpen = this.text.charCodeAt(this.#at) === this.#code;
      if (isOpen) this.#pass(bound);
    }
    record.chars = this.#at - from;
    if (this.text.charCodeAt(this.#at) === RETURN) this.#at += 1;
    if (this.text.charCodeAt(this.#at) === NEWLINE) this.#at += 1;
    this.#line += 1;
    return record;
  }

  #takeCell(record: CsvRecord, most: number, bound: number): void {
    const isQuoted = this.text.charCodeAt(this.#at) === QUOTE;
    const from = this.#at;
    const isClosed = isQuoted ? this.#passQuoted(bound) : this.#passPlain(bound);
    if (record.count < most) {
      const inner = this.text.slice(isQuoted ? from + 1 : from, isQuoted && isClosed ? this.#at - 1 : this.#at);
      record.cells.push(isQuoted ? inner.replaceAll('""', '"') : inner);
    }
    record.count += 1;
    if (!isClosed) record.fault = 'has a quote that is never closed';
    else if (isQuoted && !this.#isAtEdge()) {
      record.fault = 'has text after a closing quote';
      this.#passPlain(bound);
    }
  }

  #isAtEdge(): boolean {
    const code = this.text.charCodeAt(this.#at);
    return this.isAtEnd || code === this.#code || code === NEWLINE || code === RETURN;
  }

  #passPlain(bound: number): true {
    while (!this.#isAtEdge()) this.#pass(bound);
    return true;
  }

  /** To behind the closing quote; false where there is none. */
  #passQuoted(bound: number): boolean {
    for (this.#pass(bound); !this.isAtEnd; this.#pass(bound)) {
      const code = this.text.charCodeAt(this.#at);
      if (code === NEWLINE) this.#line += 1;
      if (code !== QUOTE) continue;
      this.#pass(bound);
      if (this.text.charCodeAt(this.#at) !== QUOTE) return true;
    }
    return false;
  }

  #pass(bound: number): void {
    this.#at += 1;
    if (this.#at > bound) throw tooLong(this.#line);
  }
}

function tooLong(line: number): CodedError {
  return new CodedError('body_too_large', `Line ${line} ${RECORD_TOO_LONG}, or a quote that is never closed.`, {
    errors: [{ path: `line ${line}`, message: RECORD_TOO_LONG }],
  });
}

/** Spreadsheets of half the world write semicolons. */
export function delimiterOf(text: string): ',' | ';' {
  const start = text.slice(0, IMPORT_MAX_RECORD_CHARS);
  const [header = ''] = start.split('\n', 1);
  return header.includes(';') && !header.includes(',') ? ';' : ',';
}
