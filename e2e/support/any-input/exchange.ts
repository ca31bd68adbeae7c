import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

export interface Answer {
  status: number;
  headers: Map<string, string>;
  body: string;
  ms: number;
}

/** `broken`: the connection ended without an answer; `late`: nothing came in time. */
export type Outcome = { kind: 'answer'; answer: Answer } | { kind: 'broken'; error: string | null } | { kind: 'late' };

/** A lie in its length is told from a slow answer by this much of silence after the last byte was sent. */
const LIE_MS = 300;
const MOST_BYTES = 4_000_000;
/** A head may come after what says "go on", or not at once. */
const HEAD_PARTS = 4;

/**
 * Sends bytes on a connection of their own and reads what comes until its end. A stream is left after its first bytes. No HTTP client:
 * those repair what they send.
 */
export function exchange(port: number, bytes: Buffer, options: { isLie: boolean; limitMs: number }): Promise<Outcome> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = connect(port, '127.0.0.1');
    const parts: Buffer[] = [];
    let size = 0;
    let error: string | null = null;
    const finish = (outcome: Outcome) => {
      clearTimeout(limit);
      clearTimeout(giveUp);
      socket.destroy();
      resolve(outcome);
    };
    const conclude = () => {
      const answer = readAnswer(Buffer.concat(parts), performance.now() - startedAt);
      finish(answer ? { kind: 'answer', answer } : { kind: 'broken', error });
    };
    const limit = setTimeout(() => finish({ kind: 'late' }), options.limitMs);
    const giveUp = options.isLie ? setTimeout(() => socket.end(), LIE_MS) : undefined;
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > MOST_BYTES || (parts.length <= HEAD_PARTS && isStream(Buffer.concat(parts)))) conclude();
    });
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      error = cause.code ?? cause.message;
    });
    socket.on('close', conclude);
    socket.write(bytes);
  });
}

const isStream = (bytes: Buffer) => /\r\ncontent-type: text\/event-stream.*\r\n\r\n/is.test(bytes.toString('latin1'));

function readAnswer(bytes: Buffer, ms: number): Answer | null {
  const text = bytes.toString('latin1');
  // What says "go on" comes before the answer.
  const from = /^HTTP\/1\.1 1\d\d /.test(text) ? text.indexOf('\r\n\r\n') + 4 : 0;
  const end = text.indexOf('\r\n\r\n', from);
  const [first = '', ...lines] = text.slice(from, end < 0 ? undefined : end).split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1];
  if (end < 0 || status === undefined) return null;
  const headers = new Map(lines.map((line) => toHeader(line)));
  const raw = bytes.subarray(end + 4);
  const length = headers.get('content-length');
  // What follows a body that is shorter than was promised is an answer of its own.
  const own = length === undefined ? raw : raw.subarray(0, Number(length));
  const whole = headers.get('transfer-encoding') === 'chunked' ? joinChunks(raw) : own;
  const body = decode(whole, headers.get('content-encoding'));
  return { status: Number(status), headers, body: body.toString('utf8'), ms };
}

const DECODERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  deflate: inflateSync,
};

/** What is not read to its end stays as it came. */
function decode(bytes: Buffer, encoding: string | undefined): Buffer {
  try {
    return DECODERS[encoding ?? '']?.(bytes) ?? bytes;
  } catch {
    return bytes;
  }
}

function toHeader(line: string): [name: string, value: string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}

function joinChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (end < 0 || !(size > 0)) break;
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
