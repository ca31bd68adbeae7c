import { connect } from 'node:net';

/**
 * Sends a few commands to a Redis on loopback and returns the raw reply, or `null` when nobody answers in time. RESP written by hand: the
 * broker's real client lives in lib/backends, and this is needed before there is a broker.
 */
function ask(port: number, commands: string[][], timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (value: string | null) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(timeoutMs, () => end(null));
    socket.once('error', () => end(null));
    socket.once('end', () => end(reply));
    socket.on('data', (chunk) => {
      reply += chunk;
    });
    socket.once('connect', () => socket.write([...commands, ['QUIT']].map(encode).join('')));
  });
}

function encode(command: string[]): string {
  return `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** Whether the server answers and has loaded its data. */
export async function isRedisReady(port: number, password: string | null, timeoutMs = 500): Promise<boolean> {
  const reply = await ask(port, [...login(password), ['PING']], timeoutMs);
  return reply?.includes('+PONG') ?? false;
}

/** The folder that the server on this port works in; `null` when there is none, or it does not take our password. */
export async function readRedisDir(port: number, password: string | null, timeoutMs = 1_000): Promise<string | null> {
  const reply = await ask(port, [...login(password), ['CONFIG', 'GET', 'dir']], timeoutMs);
  return reply?.match(/\$3\r\ndir\r\n\$\d+\r\n([^\r\n]*)\r\n/)?.[1] ?? null;
}

function login(password: string | null): string[][] {
  return password === null ? [] : [['AUTH', password]];
}
