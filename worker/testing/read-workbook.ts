import { strFromU8, unzipSync } from 'fflate';

export interface ReadSheet {
  name: string;
  frozenRows: number;
  /** Numbers as numbers, text as text, by column; a missing cell is null. */
  rows: (string | number | null)[][];
}

/** Reads back a workbook of ours by its package relationships, as a spreadsheet program would find its parts. */
export function readWorkbook(bytes: Uint8Array): { sheets: ReadSheet[] } {
  const parts = unzipSync(bytes);
  const read = (path: string) => {
    const part = parts[path];
    if (!part) throw new Error(`The package has no ${path}`);
    return strFromU8(part);
  };
  const types = read('[Content_Types].xml');
  const targets = new Map(
    [...read('xl/_rels/workbook.xml.rels').matchAll(/Id="(\w+)"[^>]*Target="([^"]+)"/g)].map((m) => [m[1], m[2]]),
  );
  const sheets = [...read('xl/workbook.xml').matchAll(/<sheet name="([^"]+)"[^>]*r:id="(\w+)"/g)].map(
    ([, name, id]) => {
      const path = `xl/${targets.get(id)}`;
      if (!types.includes(`/${path}"`)) throw new Error(`${path} has no content type`);
      return { name: name ?? '', ...readSheet(read(path)) };
    },
  );
  return { sheets };
}

function readSheet(xml: string): Omit<ReadSheet, 'name'> {
  const rows = [...xml.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, number, cells], i) => {
    if (Number(number) !== i + 1) throw new Error(`Row ${number} stands at ${i + 1}`);
    return readCells(cells ?? '');
  });
  return { frozenRows: Number(/ySplit="(\d+)"[^>]*state="frozen"/.exec(xml)?.[1] ?? 0), rows };
}

function readCells(xml: string): (string | number | null)[] {
  const row: (string | number | null)[] = [];
  for (const [, column, text, number] of xml.matchAll(
    /<c r="([A-Z])\d+"[^>]*>(?:<is><t[^>]*>(.*?)<\/t><\/is>|<v>([^<]+)<\/v>)<\/c>/gs,
  ))
    row[(column?.charCodeAt(0) ?? 65) - 65] = number === undefined ? unescapeXml(text ?? '') : Number(number);
  return Array.from(row, (cell) => cell ?? null);
}

function unescapeXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#13;', '\r').replaceAll('&amp;', '&');
}
