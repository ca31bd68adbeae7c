import type { Socket } from 'node:net';

/** How a worker shows itself to the broker: the name that it was given, and its own end of the connection that bears it. */
export interface WorkerSign {
  name: string | null;
  /** `host:port`; null = not known. A network between may show the broker another one. */
  address: string | null;
}

/** Of one queue in one process. */
export const SIGNS_TOLD = 50;

type Held = Record<string, unknown> | null | undefined;

/** Reads it anew each time: a connection that was lost comes back from another port. */
export function readSign(worker: { opts: { name?: string } }): WorkerSign {
  return { name: worker.opts.name ?? null, address: addressOf(worker) };
}

/** None of this is BullMQ's promise: where a version keeps it elsewhere, there is no address. */
function addressOf(worker: object): string | null {
  const { backend, blockingConnection: ofBullMq5 } = worker as Record<string, Held>;
  const blocking = (backend?.blockingConnection ?? ofBullMq5) as Held;
  const listening = (backend?.connection as Held)?.listenClient as Held;
  const ofRedis = (blocking?._client as Held)?.stream;
  const ofPostgres = (listening?.connection as Held)?.stream;
  const { localAddress, localPort } = (ofRedis ?? ofPostgres ?? {}) as Partial<Socket>;
  return localAddress && localPort ? `${localAddress}:${localPort}` : null;
}

const isText = (value: unknown): value is string | null => value === null || typeof value === 'string';

/** What a beat tells of its workers on a queue; null where it is of a control module that does not. Anybody can write there. */
export function readSigns(told: unknown): WorkerSign[] | null {
  if (!Array.isArray(told)) return null;
  const signs = told.slice(0, SIGNS_TOLD) as (Partial<WorkerSign> | null)[];
  return signs.flatMap((one) => {
    const { name = null, address = null } = one ?? {};
    return isText(name) && isText(address) ? [{ name, address }] : [];
  });
}
