import { CodedError } from '@/lib/contracts/errors';

/** A body that trickles in would hold its request for ever. */
export const BODY_MS = 30_000;

/** Of a Request, or of Node's own server. */
export interface Body {
  getReader(): Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;
}

/** The body as it comes. Throws request_timeout when it has not all come within `ms` of the first read. */
export async function* readChunks(request: { body: Body | null }, ms = BODY_MS): AsyncGenerator<Uint8Array, void> {
  const reader = request.body?.getReader();
  if (!reader) return;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void reader.cancel().catch(() => undefined);
  }, ms);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw tooLate(ms);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => undefined);
  }
}

const tooLate = (ms: number) =>
  new CodedError('request_timeout', `A body must have come whole within ${Math.round(ms / 1000)} s.`);
