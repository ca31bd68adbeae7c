import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { closeAllHubs } from '@/lib/live/shared-hub';

/** With streams open the process ends within a second, whatever their readers do. */
const EXIT_MS = 700;

/**
 * Next waits for every connection before it exits. Streams would hold it for ever, and a connection whose answer was
 * still under way at the signal for as long as it is kept alive (5 s).
 */
function stop(exitCode: number): void {
  subscribe('http.server.response.finish', (message) => (message as { socket: Socket }).socket.destroySoon());
  if (closeAllHubs() > 0) setTimeout(() => process.exit(exitCode), EXIT_MS);
}

process.once('SIGTERM', () => stop(143));
process.once('SIGINT', () => stop(130));

// The launcher holds the other end: when it is gone, however it went, nothing of it stays.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
