import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What only Node's own server knows of a request: Next's route handlers and pages run within it. */
export interface RequestContext {
  address: string;
  /** Aborts when the answer is written or its reader is gone. */
  signal: AbortSignal;
}

/** One for all copies of this module that Next bundles. */
const KEY = Symbol.for('queuedeck.request');
const home = globalThis as { [KEY]?: AsyncLocalStorage<RequestContext> };
const GONE = new DOMException('The reader is gone.', 'AbortError');

function storage(): AsyncLocalStorage<RequestContext> {
  home[KEY] ??= new AsyncLocalStorage();
  return home[KEY];
}

/** Null where no request of this process's own server is answered: in `next dev`, in tests. */
export const currentRequest = (): RequestContext | null => storage().getStore() ?? null;

export function withRequest<T>(request: IncomingMessage, response: ServerResponse, run: () => T): T {
  const gone = new AbortController();
  // One page may wait for many reads at once.
  setMaxListeners(100, gone.signal);
  response.once('close', () => gone.abort(GONE));
  return storage().run({ address: request.socket.remoteAddress ?? '', signal: gone.signal }, run);
}
