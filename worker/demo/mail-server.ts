import { createServer, type Socket } from 'node:net';
import type { DemoServer } from './demo-server';

export interface MailMoods {
  /** True while the server turns everybody away with 421. */
  isOut(): boolean;
  /** True for a message that is put off with 451. */
  putsOff(): boolean;
  /** Before each answer. */
  delayMs(): number;
}

const MAX_BYTES = 1_000_000;
const IDLE_MS = 30_000;

/** As much of SMTP (RFC 5321) as a client needs to hand over a message. It keeps none; addresses that begin with `bounce` do not exist. */
export async function startMailServer(moods: MailMoods): Promise<DemoServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    if (moods.isOut()) socket.end('421 4.3.2 mail.shop.example is busy, try again later\r\n');
    else converse(socket, moods);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Commands are lines; after DATA everything up to a lone dot is the message. */
function converse(socket: Socket, moods: MailMoods): void {
  let text = '';
  let inMessage = false;
  const say = (line: string) => setTimeout(() => socket.writable && socket.write(`${line}\r\n`), moods.delayMs());
  socket.write('220 mail.shop.example ESMTP\r\n');
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (text.length > MAX_BYTES) return void socket.end('552 5.3.4 too big\r\n');
    for (;;) {
      const end = inMessage ? '\r\n.\r\n' : '\r\n';
      const at = text.indexOf(end);
      if (at < 0) return;
      const line = text.slice(0, at);
      text = text.slice(at + end.length);
      if (inMessage) say(moods.putsOff() ? '451 4.7.1 greylisted, try again later' : '250 2.0.0 taken');
      inMessage = !inMessage && /^DATA$/i.test(line);
      if (/^QUIT$/i.test(line)) return void socket.end('221 2.0.0 bye\r\n');
      if (end === '\r\n') say(answer(line));
    }
  });
}

function answer(line: string): string {
  if (/^(EHLO|HELO)\b/i.test(line)) return '250 mail.shop.example';
  if (/^RCPT TO:\s*<bounce/i.test(line)) return '550 5.1.1 no such mailbox';
  if (/^(MAIL FROM|RCPT TO):/i.test(line) || /^(RSET|NOOP)\b/i.test(line)) return '250 2.1.0 ok';
  return /^DATA$/i.test(line) ? '354 end with a lone dot' : '502 5.5.1 not known here';
}
