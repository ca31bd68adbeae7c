import { createReadStream } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { CodedError } from '@/lib/contracts/errors';
import { readJobFacts } from '@/lib/jobs/job-facts';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

const TYPES: Record<string, string> = {
  '.csv': 'text/csv; charset=utf-8',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Streams the file that a job made. The path comes from the store and is confined to the exports folder, links resolved. */
export const downloadJobFile = query('job.file', async (ask, { source, queue, job }) => {
  findSource(ask.sources, source);
  const { file } = await readJobFacts(ask.store, source, queue, job);
  if (file === null) throw new CodedError('file_not_found', 'This job has made no file.');
  const folder = await realpath(path.join(ask.env.home, 'exports')).catch(() => null);
  const full = folder && (await realpath(path.resolve(folder, file.path)).catch(() => null));
  if (!folder || !full?.startsWith(folder + path.sep))
    throw new CodedError('file_not_found', `The file "${file.name}" is no longer there.`);
  const handle = await open(full, 'r');
  const { size } = await handle.stat();
  await handle.close();
  return new Response(streamFile(full, ask.signal), {
    headers: {
      'content-type': TYPES[path.extname(file.name).toLowerCase()] ?? 'application/octet-stream',
      'content-length': String(size),
      'content-disposition': contentDisposition(file.name),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
});

/**
 * By its iterator, which ends the reading when the reader goes. (`Readable.toWeb` of Node 20 closes a stream that was cancelled once
 * more, and that ends in an uncaught error.)
 */
export function streamFile(file: string, signal: AbortSignal): ReadableStream<Uint8Array> {
  const stream = createReadStream(file, { signal });
  // Whoever reads is told by the iterator; nobody may be reading yet.
  stream.on('error', () => undefined);
  const chunks = stream.iterator() as AsyncIterator<Uint8Array>;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      stream.destroy();
    },
  });
}

/** RFC 6266: an ASCII name for all, the true one for those that read RFC 5987. */
export function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
