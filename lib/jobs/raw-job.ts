import { CodedError } from '@/lib/contracts/errors';
import type { Job, Payload } from '@/lib/contracts/jobs';
import { streamTexts } from '@/lib/jobs/search/stream-texts';
import { Line, NoPlaceError } from '@/lib/store/lanes/line';
import { callerOf } from '@/lib/turns';
import type { Ask } from '@/lib/verbs';

/** Each holds one payload at a time, 16 MB at most. */
const OPEN = new Line({ places: 6, perCaller: 2, waiting: 16, waitMs: 5_000 });
const SLICE_CHARS = 131_072;

/** Reads one payload whole; null where it has gone meanwhile. */
export type ReadPayload = (field: 'data' | 'result') => Promise<Payload | null>;

/** `?raw=1`: the job as JSON with whole payloads, which are read one after the other and written in slices as the reader takes them. */
export async function streamRawJob(ask: Ask, job: Job, read: ReadPayload): Promise<Response> {
  const close = await OPEN.take(callerOf(ask), { signal: ask.signal }).catch(refuse);
  ask.signal.addEventListener('abort', close, { once: true });
  const texts = toTexts(job, read, close);
  try {
    const first = await texts.next();
    return new Response(streamTexts(first, texts, close), {
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  } catch (error) {
    close();
    throw error;
  }
}

async function* toTexts(
  { data, result, ...rest }: Job,
  read: ReadPayload,
  end: () => void,
): AsyncGenerator<string, undefined> {
  try {
    const payload = (await read('data')) ?? data;
    yield `${JSON.stringify(rest).slice(0, -1)},"data":`;
    yield* toSlices(payload);
    yield ',"result":';
    yield* toSlices(result && ((await read('result')) ?? result));
    yield '}';
  } finally {
    end();
  }
}

/** Halves of a character that a slice parts become escapes side by side, which are read as that character again. */
function* toSlices(payload: Payload | null): Generator<string> {
  if (payload === null) {
    yield 'null';
    return;
  }
  const { text, ...sizes } = payload;
  yield `${JSON.stringify(sizes).slice(0, -1)},"text":"`;
  for (let at = 0; at < text.length; at += SLICE_CHARS)
    yield JSON.stringify(text.slice(at, at + SLICE_CHARS)).slice(1, -1);
  yield '"}';
}

function refuse(error: unknown): never {
  if (!(error instanceof NoPlaceError)) throw error;
  throw new CodedError('too_many_requests', 'Too many whole jobs are read at once: wait for one of them to end.', {
    retryAfterSeconds: 2,
  });
}
