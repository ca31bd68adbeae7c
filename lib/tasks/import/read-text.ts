import { CodedError } from '@/lib/contracts/errors';
import { IMPORT_MAX_BYTES, IMPORT_MAX_LINES, IMPORT_MAX_RECORD_CHARS } from '@/lib/contracts/tasks';
import { Slices } from '@/lib/slices';

/** Empty lines are not enqueued, but they are read. */
const MOST_LINES_READ = 10 * IMPORT_MAX_LINES;

/** The file as text: UTF-8, a byte order mark dropped; 413 as soon as it is too big, however long it goes on. */
export async function readUploadText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  // Chunks that are there already come one after the other, with no turn for anybody between them.
  const slices = new Slices();
  let size = 0;
  try {
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > IMPORT_MAX_BYTES)
        throw new CodedError('body_too_large', 'A file may have 10,485,760 bytes (10 MB) at most.');
      parts.push(decoder.decode(chunk, { stream: true }));
      if (slices.isOver) await slices.rest();
    }
    parts.push(decoder.decode());
  } catch (error) {
    if (error instanceof TypeError) throw new CodedError('bad_request', 'The file is not UTF-8.');
    throw error;
  }
  return parts.join('');
}

/** Refuses a file that has more lines than may be enqueued (`kept`), or than are looked through (`read`). */
export function checkLineCount(kept: number, read: number): void {
  if (kept > IMPORT_MAX_LINES) throw new CodedError('body_too_large', 'A file may have 10,000 lines at most.');
  if (read > MOST_LINES_READ)
    throw new CodedError('body_too_large', 'A file may have 100,000 lines at most, empty ones counted.');
}

export const RECORD_TOO_LONG = `has more than ${IMPORT_MAX_RECORD_CHARS.toLocaleString('en-US')} characters`;
