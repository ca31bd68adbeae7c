import { CodedError } from '@/lib/contracts/errors';
import type { Upload } from '@/lib/verbs';

/** The request's file; 415 for another media type. How much of it is read is the verb's to bound. */
export function takeUpload(request: Pick<Request, 'headers' | 'body'>, media: readonly string[]): Upload {
  const given = request.headers.get('content-type') ?? '';
  const type = given.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!media.includes(type))
    throw new CodedError('unsupported_media_type', `Send ${media.join(' or ')}, not "${given.slice(0, 80)}".`);
  return { type, bytes: readBytes(request) };
}

async function* readBytes(request: Pick<Request, 'headers' | 'body'>): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
