import type { BinEntry } from '@/lib/contracts/operations';

/** What left together by one operation, or in one load of its own. */
export interface BinGroup {
  key: string;
  source: string;
  queue: string;
  operation: string | null;
  why: string;
  /** Loads, to be put back one by one where no operation names them all. */
  entries: string[];
  jobs: number;
  sizeBytes: number;
  ids: string[];
  at: string;
  expiresAt: string;
}

const IDS_SHOWN = 10;

/** Loads of one operation as one; newest first, as they came. */
export function groupBin(entries: BinEntry[]): BinGroup[] {
  const groups = new Map<string, BinGroup>();
  for (const entry of entries) {
    const key = entry.operation ?? `load ${entry.id}`;
    const known = groups.get(key);
    if (!known) {
      const { source, queue, operation, why, jobs, sizeBytes, ids, at, expiresAt } = entry;
      groups.set(key, { key, source, queue, operation, why, entries: [entry.id], jobs, sizeBytes, ids, at, expiresAt });
      continue;
    }
    known.entries.push(entry.id);
    known.jobs += entry.jobs;
    known.sizeBytes += entry.sizeBytes;
    known.ids = [...known.ids, ...entry.ids].slice(0, IDS_SHOWN);
    if (entry.expiresAt < known.expiresAt) known.expiresAt = entry.expiresAt;
  }
  return [...groups.values()];
}
