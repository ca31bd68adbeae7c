import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Address } from './targets';

export interface Post {
  url: URL;
  /** Already checked: the connection goes to one of these. */
  addresses: readonly Address[];
  headers: Record<string, string>;
  body: string;
  /** For the whole exchange, from the first packet to the last byte that is read. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  retryAfter: string | undefined;
  /** At most 64 KB of it. */
  text: string;
}

const MAX_BODY_BYTES = 65_536;

/** One POST on a connection of its own, following no redirect. Rejects with the signal's reason, an Error with code 'ETIMEDOUT', or the network's error. */
export function post({ url, addresses, headers, body, timeoutMs, signal }: Post): Promise<Answer> {
  const bytes = Buffer.from(body);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': bytes.length, connection: 'close' },
      agent: false,
      lookup: pinLookup(addresses),
      signal,
    });
    const timer = setTimeout(() => request.destroy(timeoutError(timeoutMs)), timeoutMs);
    const fail = (error: Error) => reject(signal.aborted ? signal.reason : error);
    request.once('close', () => {
      clearTimeout(timer);
      fail(new Error('The connection closed before the answer was complete'));
    });
    request.once('error', fail);
    request.once('response', (response) => {
      readText(response).then(
        (text) => {
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text });
          request.destroy();
        },
        (error: Error) => fail(error),
      );
    });
    request.end(bytes);
  });
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8');
}

/** Answers every question about a name with the addresses that were checked. */
function pinLookup(addresses: readonly Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(new Error('no address'), '', 0);
    else if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function timeoutError(timeoutMs: number): Error {
  return Object.assign(new Error(`No answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
}
