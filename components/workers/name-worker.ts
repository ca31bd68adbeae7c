import type { Worker } from '@/lib/contracts/workers';

/** `host:pid` where it beats, else what the broker calls its connection. */
export function nameWorker({ host, pid, address, id }: Pick<Worker, 'host' | 'pid' | 'address' | 'id'>): string {
  if (host) return pid === null ? host : `${host}:${pid}`;
  return address ?? id;
}
