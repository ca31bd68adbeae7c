import type { RedisLink } from '../redis/link';

export type Replied = [error: Error | null, value: unknown];

/** Many reads on one round trip; on Cluster, where they belong to many slots, each by itself. */
export async function runAll({ reads, isCluster }: RedisLink, commands: (string | number)[][]): Promise<Replied[]> {
  if (!isCluster) return ((await reads.pipeline(commands as string[][]).exec()) ?? []) as Replied[];
  return Promise.all(
    commands.map(async ([name = '', ...args]): Promise<Replied> => {
      try {
        return [null, await reads.call(String(name), ...args.map(String))];
      } catch (error) {
        return [error as Error, null];
      }
    }),
  );
}
