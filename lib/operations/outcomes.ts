import * as z from 'zod';
import type { JobOutcome } from '@/lib/contracts/operations';
import { csvCell } from '@/lib/csv-cell';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import type { Store } from '@/lib/store/store';
import { query } from '@/lib/verbs';
import { type Chunk, readChunks } from './ledger';
import { readOperation } from './read';

const CHUNKS_PER_READ = 25;
/** How far one page of a rare outcome looks before it is given, shorter than asked for. */
const CHUNKS_PER_PAGE = 500;

/** Chunk, and place in it. */
const Place = z.strictObject({ n: At.count, i: At.count });

/** In the order of the ledger. `ndjson` and `csv` stream all of them. */
export const listOutcomes = query('operation.outcomes', async (ask, { operation, outcome, format, cursor, limit }) => {
  const { id } = await readOperation(ask.store, operation);
  if (format !== 'json') return download(ask.store, id, outcome, format, ask.signal);
  const at = readCursor(cursor, Place) ?? { n: 0, i: 0 };
  const items: JobOutcome[] = [];
  for (let read = 0; read < CHUNKS_PER_PAGE; read += CHUNKS_PER_READ) {
    const chunks = await readChunks(ask.store, id, at.n, CHUNKS_PER_READ);
    for (const chunk of chunks) {
      if (chunk.n > at.n) at.i = 0;
      at.n = chunk.n;
      for (; at.i < chunk.ids.length; at.i += 1) {
        const found = toOutcome(chunk, at.i);
        if (outcome !== undefined && found.outcome !== outcome) continue;
        if (items.length === limit) return { items, nextCursor: encodeCursor({ n: at.n, i: at.i }) };
        items.push(found);
      }
    }
    if (chunks.length < CHUNKS_PER_READ) return { items, nextCursor: null };
    at.n += 1;
    at.i = 0;
  }
  return { items, nextCursor: encodeCursor({ n: at.n, i: at.i }) };
});

function toOutcome({ ids, outcomes }: Chunk, i: number): JobOutcome {
  const text = outcomes[i] ?? 'pending';
  const [outcome = '', reason] = splitOnce(text);
  return { id: ids[i] ?? '', outcome: outcome as JobOutcome['outcome'], reason: reason ?? null };
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf(': ');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 2)];
}

const FORMATS = {
  ndjson: { type: 'application/x-ndjson', head: '', line: (one: JobOutcome) => `${JSON.stringify(one)}\n` },
  csv: {
    type: 'text/csv; charset=utf-8',
    head: 'job,outcome,reason\r\n',
    line: ({ id, outcome, reason }: JobOutcome) => `${csvCell(id)},${outcome},${csvCell(reason ?? '')}\r\n`,
  },
};

function download(
  store: Store,
  id: string,
  only: JobOutcome['outcome'] | undefined,
  format: keyof typeof FORMATS,
  signal: AbortSignal,
): Response {
  const { type, head, line } = FORMATS[format];
  let next = 0;
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (signal.aborted) return controller.close();
      const chunks = await readChunks(store, id, next, CHUNKS_PER_READ);
      const all = chunks.flatMap((chunk) => chunk.ids.map((_, i) => toOutcome(chunk, i)));
      const text = all.filter((one) => only === undefined || one.outcome === only).map(line);
      controller.enqueue(new TextEncoder().encode((isFirst ? head : '') + text.join('')));
      isFirst = false;
      next = (chunks.at(-1)?.n ?? 0) + 1;
      if (chunks.length < CHUNKS_PER_READ) controller.close();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="operation-${id}.${format}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
