import { CodedError } from '@/lib/contracts/errors';
import { IMPORT_MAX_BYTES } from '@/lib/contracts/tasks';

/** The file as text: UTF-8, a byte order mark dropped; 413 as soon as it is too big, however long it goes on. */
export async function readUploadText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  let size = 0;
  try {
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > IMPORT_MAX_BYTES)
        throw new CodedError('body_too_large', 'A file may have 10,485,760 bytes (10 MB) at most.');
      parts.push(decoder.decode(chunk, { stream: true }));
    }
    parts.push(decoder.decode());
  } catch (error) {
    if (error instanceof TypeError) throw new CodedError('bad_request', 'The file is not UTF-8.');
    throw error;
  }
  return parts.join('');
}

export const tooManyLines = () => new CodedError('body_too_large', 'A file may have 10,000 lines at most.');
