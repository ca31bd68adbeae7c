import type { Cause } from './messages';

export interface Score {
  messages: number;
  causes: number;
  /** Groups that came out. */
  groups: number;
  /** Share of messages that are in a group of which another cause has more, or had the first. */
  falseMerges: number;
  /** Share of messages that are in another group than most of their cause. */
  falseSplits: number;
  /** The causes that were merged or split, with the names that came out. */
  faults: string[];
}

/** How far groups are from the wanted ones. Both shares are of all messages; a message can count in each once. */
export function scoreGrouping(causes: readonly Cause[], groupOf: (message: string) => string): Score {
  const byGroup = new Map<string, Map<string, number>>();
  let split = 0;
  let messages = 0;
  const faults: string[] = [];
  for (const { wanted, said } of causes) {
    const own = new Map<string, number>();
    for (const message of said) {
      const group = groupOf(message);
      add(own, group);
      const within = byGroup.get(group) ?? new Map<string, number>();
      byGroup.set(group, within);
      add(within, wanted);
    }
    messages += said.length;
    split += said.length - Math.max(...own.values());
    if (own.size > 1) faults.push(`split ${wanted}: ${[...own.keys()].join(' | ')}`);
  }
  let merged = 0;
  for (const [group, within] of byGroup) {
    const all = [...within.values()].reduce((sum, one) => sum + one, 0);
    merged += all - Math.max(...within.values());
    if (within.size > 1) faults.push(`merged ${[...within.keys()].join(' + ')}: ${group}`);
  }
  const share = (count: number) => (messages === 0 ? 0 : count / messages);
  return {
    messages,
    causes: causes.length,
    groups: byGroup.size,
    falseMerges: share(merged),
    falseSplits: share(split),
    faults,
  };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
