import { connect, type Socket } from 'node:net';
import { encodeCommand, parseReplies, type Reply } from './resp';

/**
 * A bare connection that counts what it sends, so that the bench's own commands can be taken off the broker's counters.
 * A real client would add commands of its own (HELLO, CLIENT SETINFO, SELECT).
 */
export class Connection {
  /** Commands sent, by lower-case name. */
  readonly sent = new Map<string, number>();
  private rest: Buffer = Buffer.alloc(0);
  private readonly waiting: ((reply: Reply) => void)[] = [];

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', () => this.fail());
    socket.on('close', () => this.fail());
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Connection(socket)));
    });
  }

  /** One command; rejects on an error reply. */
  async call(...words: (string | number)[]): Promise<Reply> {
    const [reply] = await this.pipeline([words]);
    if (reply instanceof Error) throw reply;
    return reply ?? null;
  }

  /** Many commands in one write; replies in order, errors among them as values. */
  pipeline(commands: readonly (readonly (string | number)[])[]): Promise<Reply[]> {
    for (const words of commands) this.count(String(words[0]).toLowerCase());
    return this.write(commands.map(encodeCommand).join(''), commands.length);
  }

  /** Bytes that hold `replies` commands already encoded (not counted by name). */
  write(bytes: string, replies: number): Promise<Reply[]> {
    const answered = Array.from({ length: replies }, () => new Promise<Reply>((resolve) => this.waiting.push(resolve)));
    this.socket.write(bytes);
    return Promise.all(answered);
  }

  close(): void {
    this.socket.destroy();
  }

  private count(name: string): void {
    this.sent.set(name, (this.sent.get(name) ?? 0) + 1);
  }

  private take(chunk: Buffer): void {
    const { replies, rest } = parseReplies(this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk);
    this.rest = rest;
    for (const reply of replies) this.waiting.shift()?.(reply);
  }

  private fail(): void {
    for (const resolve of this.waiting.splice(0)) resolve(new Error('the broker closed the connection'));
  }
}
