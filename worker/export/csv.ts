import type { Column, Row } from './column';

/** A cell that starts like this is run as a formula by spreadsheet programs; a leading apostrophe makes it text (OWASP, CSV injection). */
const FORMULA = /^[\s\u00a0]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** Without the mark, Excel reads UTF-8 as the machine's own code page. */
const BYTE_ORDER_MARK = '\ufeff';

/** CSV by RFC 4180 with a header line: CRLF, UTF-8 with mark, times in ISO 8601 UTC, money as decimals. One chunk per batch of rows. */
export async function* writeCsv(
  columns: readonly Column[],
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield `${BYTE_ORDER_MARK}${columns.map((column) => quote(column.title)).join(',')}\r\n`;
  for await (const batch of batches) {
    let text = '';
    for (const row of batch) text += `${columns.map((column, i) => toField(column, row[i] ?? null)).join(',')}\r\n`;
    if (text !== '') yield text;
  }
}

function toField(column: Column, value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') {
    if (column.kind === 'money') return (value / 100).toFixed(2);
    if (column.kind === 'time') return new Date(value).toISOString();
    return String(value);
  }
  return quote(FORMULA.test(value) ? `'${value}` : value);
}

function quote(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
