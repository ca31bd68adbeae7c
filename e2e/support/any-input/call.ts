/** A request as it goes over the wire. */
export interface Call {
  /** What it was made from: an operation, a page, a game. */
  from: string;
  method: string;
  /** The request target, escaped or not. */
  target: string;
  headers: [name: string, value: string][];
  body: Buffer | null;
  /** Its Content-Length, or its end, is a lie: the connection may end without an answer. */
  isLie: boolean;
}

export function makeCall(from: string, method: string, target: string, part: Partial<Call> = {}): Call {
  return { from, method, target, headers: [], body: null, isLie: false, ...part };
}

export const hasHeader = ({ headers }: Call, name: string): boolean =>
  headers.some(([one]) => one.toLowerCase() === name);

/** The bytes of it, on a connection that ends with the answer. */
export function toBytes(call: Call, port: number): Buffer {
  const lines = [`${call.method} ${call.target} HTTP/1.1`];
  if (!hasHeader(call, 'host')) lines.push(`host: 127.0.0.1:${port}`);
  if (!hasHeader(call, 'connection')) lines.push('connection: close');
  if (call.body && !hasHeader(call, 'content-length') && !hasHeader(call, 'transfer-encoding'))
    lines.push(`content-length: ${call.body.length}`);
  for (const [name, value] of call.headers) lines.push(`${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), call.body ?? Buffer.alloc(0)]);
}

/** For a message: all of a small request, the beginning of a large one. */
export function describeCall(call: Call, port: number): string {
  const bytes = toBytes(call, port);
  const text = JSON.stringify(bytes.subarray(0, 3_000).toString('latin1'));
  return bytes.length > 3_000 ? `${text} … (${bytes.length} bytes)` : text;
}
