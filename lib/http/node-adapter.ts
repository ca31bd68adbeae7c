import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Body } from '@/lib/http/read-chunks';
import { currentRequest } from '@/lib/http/request-context';
import type { Asked, Handler } from '@/lib/http/route';

/**
 * Answers a request of Node's own server by a route's handler, without Next between them. Resolves when the answer is
 * written or its reader is gone; `request.signal` aborts at the latter.
 */
export async function answerDirectly(handler: Handler, from: IncomingMessage, to: ServerResponse): Promise<void> {
  const gone = currentRequest()?.signal ?? signalOf(to);
  try {
    const response = await handler(toAsked(from, gone));
    if (gone.aborted) return void response.body?.cancel().catch(() => undefined);
    to.statusCode = response.status;
    for (const [name, value] of response.headers) to.setHeader(name, value);
    if (response.body && isStream(response)) await pipeBody(response.body, to, gone);
    else to.end(response.body ? Buffer.from(await response.arrayBuffer()) : undefined);
    // What was refused unread stands before the next request of its connection.
    if (!from.complete) from.resume();
  } catch {
    // The stream broke off, or was made to: so does its connection.
    to.destroy();
  }
}

function signalOf(to: ServerResponse): AbortSignal {
  const gone = new AbortController();
  to.once('close', () => gone.abort());
  return gone.signal;
}

function toAsked(from: IncomingMessage, signal: AbortSignal): Asked {
  const headers = new Headers();
  for (const [name, value] of Object.entries(from.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return {
    method: from.method ?? 'GET',
    url: `http://localhost${from.url ?? '/'}`,
    headers,
    body: bodyOf(from),
    signal,
  };
}

/** Null where none was announced. The request outlives its reader: it is answered on the same socket. */
function bodyOf(from: IncomingMessage): Body | null {
  if (from.headers['content-length'] === undefined && from.headers['transfer-encoding'] === undefined) return null;
  return {
    getReader() {
      const chunks: AsyncIterator<Uint8Array, undefined> = from.iterator({ destroyOnReturn: false });
      let end: () => void = () => undefined;
      const ended = new Promise<{ done: true; value: undefined }>((resolve) => {
        end = () => resolve({ done: true, value: undefined });
      });
      return {
        read: () => Promise.race([chunks.next(), ended]) as Promise<ReadableStreamReadResult<Uint8Array>>,
        async cancel() {
          end();
          // Behind a chunk that is still waited for: nobody waits with it.
          void chunks.return?.().then(
            () => from.resume(),
            () => undefined,
          );
        },
      };
    },
  };
}

const isStream = (response: Response) => response.headers.get('content-type')?.startsWith('text/event-stream');

/** Each chunk goes out at once; the next is taken when the reader has room for it, so that a slow one is seen as slow. */
async function pipeBody(body: ReadableStream<Uint8Array>, to: ServerResponse, gone: AbortSignal): Promise<void> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done || gone.aborted) break;
    if (!to.write(value)) await waitForRoom(to, gone);
  }
  if (gone.aborted) await reader.cancel();
  else to.end();
}

function waitForRoom(to: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      to.off('drain', go);
      gone.removeEventListener('abort', go);
      resolve();
    };
    to.once('drain', go);
    gone.addEventListener('abort', go, { once: true });
    if (gone.aborted) go();
  });
}
