import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  headers: string;
  body: Buffer;
  /** Bytes of the whole answer on the wire, headers included. */
  wireBytes: number;
  /** From the first byte sent to the last received. */
  ms: number;
}

interface Waiting {
  sentAt: number;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One keep-alive connection, one request at a time. Written on the socket because a full client costs as much as the answer it
 * measures, on the same two cores.
 */
export class HttpConnection {
  private buffer: Buffer = Buffer.alloc(0);
  private waiting: Waiting | null = null;

  private constructor(
    private socket: Socket,
    private readonly port: number,
  ) {
    this.listen();
  }

  static async open(port: number): Promise<HttpConnection> {
    return new HttpConnection(await openSocket(port), port);
  }

  /** A connection that the server has closed (it keeps them 5 s) is opened again before the clock starts. */
  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, headers, '');
  }

  post(path: string, body: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    return this.send('POST', path, headers, body);
  }

  private async send(method: string, path: string, headers: Record<string, string>, body: string): Promise<Answer> {
    if (this.socket.destroyed || !this.socket.writable) {
      this.socket = await openSocket(this.port);
      this.listen();
    }
    const extra = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const host = `127.0.0.1:${this.port}`;
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: application/json\r\n${extra.join('')}\r\n`;
    return new Promise((resolve, reject) => {
      this.waiting = { sentAt: performance.now(), resolve, reject };
      this.socket.write(head + body);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private listen(): void {
    const { socket } = this;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  private take(chunk: Buffer): void {
    this.buffer = this.buffer.length > 0 ? Buffer.concat([this.buffer, chunk]) : chunk;
    const { waiting } = this;
    const answer = waiting && parseAnswer(this.buffer, waiting.sentAt);
    if (!answer || !waiting) return;
    this.buffer = Buffer.alloc(0);
    this.waiting = null;
    waiting.resolve(answer);
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = null;
  }
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

function parseAnswer(buffer: Buffer, sentAt: number): Answer | null {
  const headEnd = buffer.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const headers = buffer.toString('latin1', 0, headEnd);
  const bodyAt = headEnd + 4;
  const length = headers.match(/\r\ncontent-length: (\d+)/i)?.[1];
  const body = length === undefined ? readChunks(buffer, bodyAt) : readFixed(buffer, bodyAt, Number(length));
  if (!body) return null;
  const ms = performance.now() - sentAt;
  return { status: Number(headers.slice(9, 12)), headers, body, wireBytes: buffer.length, ms };
}

const readFixed = (buffer: Buffer, at: number, length: number): Buffer | null =>
  buffer.length < at + length ? null : buffer.subarray(at, at + length);

function readChunks(buffer: Buffer, from: number): Buffer | null {
  const parts: Buffer[] = [];
  let at = from;
  for (;;) {
    const lineEnd = buffer.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(buffer.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (buffer.length < end) return null;
    if (size === 0) return parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts);
    parts.push(buffer.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}
