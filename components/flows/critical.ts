import type { JobRef } from '@/lib/contracts/jobs';

/** The jobs on the critical path, as keys. */
export type Critical = Readonly<Record<string, true>>;

/** Queue and id, each with its length: names hold any character. */
export const nodeKey = ({ queue, id }: JobRef) => `${queue.length}:${queue}:${id}`;

/** What is known of the path from the answers above, and from this level's own, which reaches further down. */
export function followCritical(known: Critical, jobs: JobRef[]): Critical {
  return { ...known, ...Object.fromEntries(jobs.map((job) => [nodeKey(job), true as const])) };
}
