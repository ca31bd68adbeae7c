import type { JobRef } from '@/lib/contracts/jobs';
import type { SplitKey } from '../redis/get-job';
import type { RedisLink } from '../redis/link';
import { looksPerParent } from './counts';
import { FAILED_AMONG, PENDING_KEYS } from './scripts';

const SETS_PER_STEP = 25;
const IDS_PER_STEP = 1_000;
const STEPS_AT_ONCE = 4;

/** Some of a job's unfinished children, those first that have failed. `isWhole`: these are all. */
export interface PendingLook {
  failed: JobRef[];
  open: JobRef[];
  isWhole: boolean;
}

/** Looks at the unfinished children of jobs, at so many of each that the broker is held no longer for many jobs than for one. */
export async function lookAtPending(
  link: RedisLink,
  parents: readonly JobRef[],
  split: SplitKey,
): Promise<PendingLook[]> {
  const lists = await readPendingKeys(link, parents);
  const children = lists.map(({ keys }) => keys.flatMap((key) => split(key) ?? []));
  const { failed, unread } = await findFailed(link, children.flat());
  return lists.map(({ isWhole }, i) => ({
    failed: children[i]?.filter((child) => failed.has(child)) ?? [],
    open: children[i]?.filter((child) => !failed.has(child)) ?? [],
    isWhole: isWhole && !children[i]?.some(({ queue }) => unread.has(queue)),
  }));
}

async function readPendingKeys(link: RedisLink, parents: readonly JobRef[]) {
  const most = looksPerParent(parents.length);
  const lists = parents.map(() => ({ keys: [] as string[], isWhole: true }));
  for (const [queue, places] of placesByQueue(parents))
    for (let i = 0; i < places.length; i += SETS_PER_STEP) {
      const some = places.slice(i, i + SETS_PER_STEP);
      const keys = some.map((at) => `${link.base(queue)}${parents[at]?.id}:dependencies`);
      const replies = (await link.script(PENDING_KEYS, keys, [most])) as [string, ...string[]][];
      for (const [n, at] of some.entries()) {
        const [cursor = '0', ...found] = replies[n] ?? [];
        lists[at] = { keys: found, isWhole: cursor === '0' };
      }
    }
  return lists;
}

/** Which of these very refs have failed. `unread`: queues whose failed jobs cannot be read. */
export async function findFailed(
  link: RedisLink,
  refs: readonly JobRef[],
): Promise<{ failed: Set<JobRef>; unread: Set<string> }> {
  const failed = new Set<JobRef>();
  const unread = new Set<string>();
  const steps = [...placesByQueue(refs)].flatMap(([queue, places]) =>
    Array.from({ length: Math.ceil(places.length / IDS_PER_STEP) }, (_, i) => ({
      queue,
      some: places.slice(i * IDS_PER_STEP, (i + 1) * IDS_PER_STEP).flatMap((at) => refs[at] ?? []),
    })),
  );
  for (let i = 0; i < steps.length; i += STEPS_AT_ONCE)
    await Promise.all(
      steps.slice(i, i + STEPS_AT_ONCE).map(async ({ queue, some }) => {
        const ids = some.map(({ id }) => id);
        const reply = (await link.script(FAILED_AMONG, [`${link.base(queue)}failed`], ids)) as number[] | null;
        if (reply === null) unread.add(queue);
        for (const n of reply ?? []) failed.add(some[n - 1] as JobRef);
      }),
    );
  return { failed, unread };
}

function placesByQueue(refs: readonly JobRef[]): Map<string, number[]> {
  const byQueue = new Map<string, number[]>();
  for (const [at, { queue }] of refs.entries()) {
    const known = byQueue.get(queue);
    if (known) known.push(at);
    else byQueue.set(queue, [at]);
  }
  return byQueue;
}
