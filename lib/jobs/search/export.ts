import type { InputOf } from '@/lib/contracts/endpoints';
import { CodedError } from '@/lib/contracts/errors';
import type { FoundJob } from '@/lib/contracts/search';
import { csvCell } from '@/lib/csv-cell';
import { readQuery } from '@/lib/jobs/search/read-query';
import { sourcesOf } from '@/lib/jobs/search/search';
import { streamTexts } from '@/lib/jobs/search/stream-texts';
import { Line, NoPlaceError } from '@/lib/store/lanes/line';
import type { Reader } from '@/lib/store/lanes/reader';
import { toFoundJob } from '@/lib/store/search/found-row';
import { readPayloads } from '@/lib/store/search/read-payloads';
import { runSearch, type SearchAnswer, type SearchAsk, type SearchPosition } from '@/lib/store/search/run-search';
import { callerOf, inTurn } from '@/lib/turns';
import { type Ask, query } from '@/lib/verbs';

const ROWS_PER_READ = 1_000;
/** Each page takes its turn, so that a slow reader holds none; once begun, an export waits long for the next. */
const PATIENCE_MS = 60_000;
/** Each open export keeps a page in memory. */
const OPEN = new Line({ places: 16, perCaller: 4, waiting: 0, waitMs: 0 });
const COLUMNS = [
  'source',
  'queue',
  'id',
  'name',
  'state',
  'attemptsMade',
  'addedAt',
  'startedAt',
  'finishedAt',
  'waitMs',
  'runMs',
  'worker',
  'error',
] as const;

/** Streamed page by page as the reader takes it; it ends early when the reader goes. */
export const exportJobs = query('job.export', async (ask, input) => {
  const node = readQuery(input.q, input.queue);
  const leave = new AbortController();
  const close = await OPEN.take(callerOf(ask)).catch(refuse);
  const end = () => {
    leave.abort();
    close();
  };
  ask.signal.addEventListener('abort', end, { once: true });
  const signal = AbortSignal.any([ask.signal, leave.signal]);
  const texts = toTexts(readPages({ ...ask, signal }, input, node), input, end);
  // The first page is read before the answer begins, so that a query that cannot run is an error.
  const first = await texts.next();
  const { format } = input;
  return new Response(streamTexts(first, texts, end), {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'content-disposition': `attachment; filename="jobs.${format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
});

async function* toTexts(
  pages: AsyncIterable<ExportRow[]>,
  { format, payloads }: Pick<InputOf<'job.export'>, 'format' | 'payloads'>,
  end: () => void,
): AsyncGenerator<string, undefined> {
  let text = format === 'csv' ? `${[...COLUMNS, ...(payloads ? ['data', 'result'] : [])].join(',')}\n` : '';
  try {
    for await (const rows of pages) {
      for (const row of rows) text += format === 'csv' ? csvLine(row, payloads) : `${JSON.stringify(row)}\n`;
      yield text;
      text = '';
    }
    // A file of nothing has its head.
    if (text !== '') yield text;
  } finally {
    end();
  }
}

type ExportRow = Omit<FoundJob, 'inBroker' | 'recorded'> & { data?: string | null; result?: string | null };

async function* readPages(
  ask: Ask,
  input: InputOf<'job.export'>,
  node: ReturnType<typeof readQuery>,
): AsyncGenerator<ExportRow[], undefined> {
  const sources = sourcesOf(ask, input.source);
  const clock = { nowMs: Date.now(), offsetMinutes: input.offsetMinutes };
  const { sort, order } = input;
  let position: SearchPosition | null = null;
  let before: number | null = null;
  let patience: number | undefined;
  for (let left = input.limit; left > 0; ) {
    const limit = Math.min(ROWS_PER_READ, left);
    const asked: SearchAsk = { node, sources, sort, order, limit, position, before, clock };
    const { answer, payloads }: Page = await inTurn(
      ask,
      'search',
      (reader) => readPage(reader, asked, input.payloads),
      patience,
    );
    patience = PATIENCE_MS;
    const rows: ExportRow[] = answer.rows.map((row) => {
      const { inBroker: _, recorded: __, ...job } = toFoundJob(row);
      return job;
    });
    for (const [i, row] of rows.entries()) Object.assign(row, payloads?.[i]);
    if (rows.length > 0) yield rows;
    left -= rows.length;
    const last = answer.rows.at(-1);
    if (answer.hasNext && last) {
      position = { value: Number(last.sort_value), n: last.n, back: false };
      before = null;
    } else if (!answer.searched.complete && answer.searched.sinceMs !== null) {
      position = null;
      before = answer.searched.sinceMs;
    } else return;
  }
}

interface Page {
  answer: SearchAnswer;
  payloads: { data: string | null; result: string | null }[] | null;
}

async function readPage(reader: Reader, asked: SearchAsk, withPayloads: boolean): Promise<Page> {
  const answer = await runSearch(reader, asked);
  return { answer, payloads: withPayloads ? await readPayloads(reader, answer.rows) : null };
}

function refuse(error: unknown): never {
  if (!(error instanceof NoPlaceError)) throw error;
  throw new CodedError('too_many_requests', 'Too many exports run at once: wait for one of them to end.', {
    retryAfterSeconds: 10,
  });
}

function csvLine(row: ExportRow, payloads: boolean): string {
  const cells = COLUMNS.map((name) => row[name]);
  return `${[...cells, ...(payloads ? [row.data, row.result] : [])].map(cell).join(',')}\n`;
}

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' ? String(value) : csvCell(value);
}
