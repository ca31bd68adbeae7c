import type { Connection } from './connection';

export interface Counters {
  atMs: number;
  /** Calls since the server began, by command, those made by scripts included. */
  calls: Map<string, number>;
  outputBytes: number;
  inputBytes: number;
}

/** What the broker itself counted (INFO commandstats and stats). */
export async function readCounters(connection: Connection): Promise<Counters> {
  const [commands, stats] = await connection.pipeline([
    ['INFO', 'commandstats'],
    ['INFO', 'stats'],
  ]);
  const calls = new Map<string, number>();
  for (const [, name, count] of String(commands).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
    calls.set(name ?? '', Number(count));
  const readBytes = (name: string) => Number(String(stats).match(new RegExp(`total_net_${name}_bytes:(\\d+)`))?.[1]);
  return { atMs: performance.now(), calls, outputBytes: readBytes('output'), inputBytes: readBytes('input') };
}

export interface Spent {
  seconds: number;
  commands: number;
  commandsPerSecond: number;
  outputBytes: number;
  inputBytes: number;
  /** Commands by name, most first. */
  byName: [name: string, calls: number][];
}

/**
 * What the broker did while `work` ran, without what the bench's own connections sent (`own`). A PING loop beside it is never
 * counted: no product of ours has a reason to send one command a millisecond.
 */
export async function countWhile(
  reader: Connection,
  own: readonly Connection[],
  work: () => Promise<unknown>,
): Promise<Spent> {
  const sentBefore = sumSent([reader, ...own]);
  const before = await readCounters(reader);
  await work();
  const sentAfter = sumSent([reader, ...own]);
  const after = await readCounters(reader);
  const byName: [string, number][] = [];
  for (const [name, calls] of after.calls) {
    const mine = (sentAfter.get(name) ?? 0) - (sentBefore.get(name) ?? 0);
    const theirs = calls - (before.calls.get(name) ?? 0) - mine;
    if (theirs > 0 && name !== 'ping') byName.push([name, theirs]);
  }
  byName.sort((a, b) => b[1] - a[1]);
  const seconds = (after.atMs - before.atMs) / 1000;
  const commands = byName.reduce((sum, [, calls]) => sum + calls, 0);
  const outputBytes = after.outputBytes - before.outputBytes;
  const inputBytes = after.inputBytes - before.inputBytes;
  return { seconds, commands, commandsPerSecond: commands / seconds, outputBytes, inputBytes, byName };
}

function sumSent(connections: readonly Connection[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { sent } of connections) for (const [name, calls] of sent) sum.set(name, (sum.get(name) ?? 0) + calls);
  return sum;
}
