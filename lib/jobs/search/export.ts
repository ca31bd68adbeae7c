import type { InputOf } from '@/lib/contracts/endpoints';
import type { FoundJob } from '@/lib/contracts/search';
import { csvCell } from '@/lib/csv-cell';
import { readQuery } from '@/lib/jobs/search/read-query';
import { explain, sourcesOf } from '@/lib/jobs/search/search';
import { toFoundJob } from '@/lib/store/search/found-row';
import { readPayloads } from '@/lib/store/search/read-payloads';
import { runSearch, type SearchAnswer, type SearchAsk, type SearchPosition } from '@/lib/store/search/run-search';
import { type Ask, query } from '@/lib/verbs';

const ROWS_PER_READ = 1_000;
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
  // The first page is read before the answer begins, so that a query that cannot run is an error.
  const pages = readPages(ask, input, node);
  const first = await pages.next();
  const { format, payloads } = input;
  const encoder = new TextEncoder();
  const head = format === 'csv' ? `${[...COLUMNS, ...(payloads ? ['data', 'result'] : [])].join(',')}\n` : '';
  let page: typeof first | null = first;
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = page ?? (await pages.next());
      page = null;
      const text = (value ?? []).map((row) => (format === 'csv' ? csvLine(row, payloads) : `${JSON.stringify(row)}\n`));
      if (isFirst || text.length > 0) controller.enqueue(encoder.encode((isFirst ? head : '') + text.join('')));
      isFirst = false;
      if (done) controller.close();
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'content-disposition': `attachment; filename="jobs.${format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
});

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
  for (let left = input.limit; left > 0; ) {
    const limit = Math.min(ROWS_PER_READ, left);
    const asked: SearchAsk = { node, sources, sort, order, limit, position, before, clock };
    const answer: SearchAnswer = await runSearch(ask.store, asked, ask.signal).catch(explain);
    const rows: ExportRow[] = answer.rows.map((row) => {
      const { inBroker: _, recorded: __, ...job } = toFoundJob(row);
      return job;
    });
    if (input.payloads) {
      const payloads = await readPayloads(ask.store, answer.rows);
      for (const [i, row] of rows.entries()) Object.assign(row, payloads[i]);
    }
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

function csvLine(row: ExportRow, payloads: boolean): string {
  const cells = COLUMNS.map((name) => row[name]);
  return `${[...cells, ...(payloads ? [row.data, row.result] : [])].map(cell).join(',')}\n`;
}

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' ? String(value) : csvCell(value);
}
