import { CodedError } from '@/lib/contracts/errors';
import { BODY_MS, type Body, readChunks } from '@/lib/http/read-chunks';
import type { Upload } from '@/lib/verbs';

/** The request's file; 415 for another media type, and its bytes end with 408 after `ms`. How much of it is read is the verb's to bound. */
export function takeUpload(
  request: Pick<Request, 'headers'> & { body: Body | null },
  media: readonly string[],
  ms = BODY_MS,
): Upload {
  const given = request.headers.get('content-type') ?? '';
  const type = given.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!media.includes(type))
    throw new CodedError('unsupported_media_type', `Send ${media.join(' or ')}, not "${given.slice(0, 80)}".`);
  return { type, bytes: readChunks(request, ms) };
}
