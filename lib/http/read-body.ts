import { CodedError } from '@/lib/contracts/errors';
import { BODY_MS, type Body, readChunks } from '@/lib/http/read-chunks';
import { isDeeperThan, JSON_LEVELS } from '@/lib/json-depth';
import { findUnsafeNumber } from '@/lib/unsafe-number';

export const MAX_BODY_BYTES = 1_048_576;

/**
 * The parsed JSON body; undefined when there is none.
 * 415 for another media type, 413 above 1 MB (counted, whatever Content-Length says), 408 where it has not come within 30 s, 400 for
 * broken JSON with its position, 422 for a number that JavaScript cannot hold: it would be stored changed; 422 for JSON nested deeper
 * than what recurses over it can go.
 */
export async function readJsonBody(
  request: Pick<Request, 'headers'> & { body: Body | null },
  ms = BODY_MS,
): Promise<unknown> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > MAX_BODY_BYTES) throw tooLarge();
  const text = await readText(request, ms);
  if (text === '') return undefined;
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i.test(type))
    throw new CodedError(
      'unsupported_media_type',
      `Send "content-type: application/json", not "${type.slice(0, 80)}".`,
    );
  if (isDeeperThan(text)) {
    const message = `is nested deeper than ${JSON_LEVELS} levels`;
    throw new CodedError('validation_failed', `The body ${message}.`, { errors: [{ path: '', message }] });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CodedError('bad_request', `The body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const unsafe = findUnsafeNumber(text);
  if (unsafe !== null)
    throw new CodedError('validation_failed', `The number ${unsafe} would lose digits; send it as a string.`, {
      errors: [{ path: '', message: `the number ${unsafe} would lose digits; send it as a string` }],
    });
  return value;
}

async function readText(request: { body: Body | null }, ms: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let text = '';
  try {
    for await (const chunk of readChunks(request, ms)) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new CodedError('bad_request', 'The body is not UTF-8.');
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET')
      throw new CodedError('bad_request', 'The body broke off.', { cause: error });
    throw error;
  }
}

const tooLarge = () => new CodedError('body_too_large', 'A body may have 1,048,576 bytes (1 MB) at most.');
