import { once } from 'node:events';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Column, Row } from './column';
import { CLOSE_SHEET, openSheet, SHEET_ROWS, STYLES_XML, writeRow } from './sheet-xml';
import { bindWorkbook, sheetPath } from './workbook-xml';

export interface XlsxOptions {
  title: string;
  columns: readonly Column[];
  /** Rows of a sheet, header included, before the next is begun; Excel's own limit by default. */
  sheetRows?: number;
}

/**
 * An XLSX workbook as a stream of bytes. Nothing is kept but the batch at hand, so that memory is constant: strings stand in their cells
 * instead of a shared table. An error of `batches` ends the stream with that error; destroying the stream returns `batches`.
 */
export function writeXlsx(options: XlsxOptions, batches: AsyncIterable<readonly Row[]>): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const rows = new RowCursor(batches);
  const fail = (error: Error) => output.destroy(error);
  zip.on('error', fail);
  const closed = new AbortController();
  output.once('close', () => {
    closed.abort();
    void rows.close();
  });
  void addParts(zip, options, rows, closed.signal).catch(fail);
  return output;
}

async function addParts(zip: ZipFile, options: XlsxOptions, rows: RowCursor, signal: AbortSignal): Promise<void> {
  let sheets = 0;
  do {
    sheets += 1;
    const sheet = Readable.from(writeSheet(options, rows));
    // The zip library listens to no error of what it packs, and a sheet may still fail after everything else has been let go.
    sheet.on('error', (error) => zip.emit('error', error));
    // Level 1 costs a fraction of the default's processor time, for a somewhat larger file.
    zip.addReadStream(sheet, sheetPath(sheets), { compressionLevel: 1 });
    await once(sheet, 'end', { signal });
  } while (await rows.hasMore());
  zip.addBuffer(Buffer.from(STYLES_XML), 'xl/styles.xml');
  for (const [path, xml] of bindWorkbook(options.title, sheets)) zip.addBuffer(Buffer.from(xml), path);
  zip.end();
}

async function* writeSheet(options: XlsxOptions, rows: RowCursor): AsyncGenerator<string> {
  const { columns, sheetRows = SHEET_ROWS } = options;
  yield openSheet(columns);
  for (let next = 2; next <= sheetRows && (await rows.hasMore()); ) {
    let text = '';
    for (const row of rows.take(sheetRows - next + 1)) {
      text += writeRow(columns, row, next);
      next += 1;
    }
    yield text;
  }
  yield CLOSE_SHEET;
}

/** Batches of rows, taken up to a limit: what is left of a batch begins the next sheet. */
class RowCursor {
  private batch: readonly Row[] = [];
  private at = 0;
  private readonly iterator: AsyncIterator<readonly Row[]>;

  constructor(batches: AsyncIterable<readonly Row[]>) {
    this.iterator = batches[Symbol.asyncIterator]();
  }

  async hasMore(): Promise<boolean> {
    while (this.at >= this.batch.length) {
      const next = await this.iterator.next();
      if (next.done) return false;
      this.batch = next.value;
      this.at = 0;
    }
    return true;
  }

  take(limit: number): readonly Row[] {
    const rows = this.batch.slice(this.at, this.at + limit);
    this.at += rows.length;
    return rows;
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
