import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { closeAllHubs } from '@/lib/live/hub';

// Next waits for every connection before it exits. Streams would hold it for ever, and a connection whose answer was
// still under way at the signal for as long as it is kept alive (5 s).
const stop = () => {
  subscribe('http.server.response.finish', (message) => (message as { socket: Socket }).socket.destroySoon());
  closeAllHubs();
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);

// The launcher holds the other end: when it is gone, however it went, nothing of it stays.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
