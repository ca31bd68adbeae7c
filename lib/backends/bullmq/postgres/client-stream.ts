import type pg from 'pg';

/** The socket under a client, which the driver's types do not name. */
interface WithStream {
  connection?: { stream?: { bytesRead?: number; bytesWritten?: number; destroy(): void } };
}

const streamOf = (client: pg.ClientBase) => (client as pg.ClientBase & WithStream).connection?.stream;

/** Ends a client in half a second, though its server hangs: `end` alone waits for an answer. */
export function endClient(client: pg.Client): void {
  client.end().catch(() => undefined);
  setTimeout(() => streamOf(client)?.destroy(), 500).unref();
}

/** Bytes both ways of all sessions that a pool ever had. */
export function countBytes(pool: pg.Pool): () => number {
  let ended = 0;
  const open = new Set<pg.PoolClient>();
  const bytesOf = (client: pg.PoolClient) => {
    const stream = streamOf(client);
    return (stream?.bytesRead ?? 0) + (stream?.bytesWritten ?? 0);
  };
  pool.on('connect', (client) => open.add(client));
  pool.on('remove', (client) => {
    ended += bytesOf(client);
    open.delete(client);
  });
  return () => [...open].reduce((sum, client) => sum + bytesOf(client), ended);
}
