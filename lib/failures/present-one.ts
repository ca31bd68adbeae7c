import type { FailureGroup } from '@/lib/contracts/failures';
import { findGroup } from '@/lib/failures/find-group';
import { LINE_POINTS } from '@/lib/failures/list';
import { presentGroups } from '@/lib/failures/read-groups';
import { readPeriod } from '@/lib/metrics/period';
import type { Ask } from '@/lib/verbs';

const DAY_MS = 86_400_000;

/** A group as it is after a change, with its line of the last day. */
export async function presentOne(ask: Ask, group: number): Promise<FailureGroup> {
  const period = readPeriod(new Date(Date.now() - DAY_MS).toISOString(), undefined, undefined, LINE_POINTS);
  const [shown] = await presentGroups(ask, ask.store, [await findGroup(ask, group)], period);
  return shown as FailureGroup;
}
