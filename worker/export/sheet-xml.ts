import type { Column, Row } from './column';

/** Rows of one sheet in Excel, header included. */
export const SHEET_ROWS = 1_048_576;
const CELL_CHARACTERS = 32_767;

/** Indexes into cellXfs of STYLES_XML. */
const STYLE = { header: 1, time: 2, money: 3, integer: 4 } as const;

export const STYLES_XML = `${declare()}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** Opens the sheet: the first row stays in view, and is the columns' titles. */
export function openSheet(columns: readonly Column[]): string {
  const cols = columns.map(({ width }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`);
  const titles = columns.map(({ title }, i) => textCell(`${letter(i)}1`, title, STYLE.header));
  return `${declare()}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews><cols>${cols.join('')}</cols><sheetData><row r="1">${titles.join('')}</row>`;
}

export const CLOSE_SHEET = '</sheetData></worksheet>';

/** `number` is the row's own, from 2 on. */
export function writeRow(columns: readonly Column[], row: Row, number: number): string {
  let text = `<row r="${number}">`;
  for (let i = 0; i < columns.length; i += 1) {
    const value = row[i] ?? null;
    if (value !== null) text += writeCell(`${letter(i)}${number}`, (columns[i] as Column).kind, value);
  }
  return `${text}</row>`;
}

function writeCell(at: string, kind: Column['kind'], value: string | number): string {
  if (kind === 'text' || typeof value === 'string') return textCell(at, String(value), 0);
  if (kind === 'money') return `<c r="${at}" s="${STYLE.money}"><v>${(value / 100).toFixed(2)}</v></c>`;
  if (kind === 'time') return `<c r="${at}" s="${STYLE.time}"><v>${toSerialDay(value)}</v></c>`;
  return `<c r="${at}" s="${STYLE.integer}"><v>${value}</v></c>`;
}

function textCell(at: string, text: string, style: number): string {
  return `<c r="${at}" t="inlineStr"${style ? ` s="${style}"` : ''}><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;
}

/** Excel's day 25,569 is 1970-01-01; a sheet knows no time zone, so these are UTC. Rounded to the millisecond. */
function toSerialDay(epochMs: number): string {
  return (epochMs / 86_400_000 + 25_569).toFixed(9);
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 cannot hold.
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** What XML cannot hold is left out; `_x0041_` in the user's own text must not be read as an escape of Excel's. */
export function escapeXml(text: string): string {
  const cut = text.length > CELL_CHARACTERS ? text.slice(0, CELL_CHARACTERS) : text;
  const plain = cut.replace(ILLEGAL, '').replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_');
  return plain.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character).replaceAll('\r', '&#13;');
}

/** Columns A to Z: a sheet of ours has no more. */
function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

export function declare(): string {
  return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
}
