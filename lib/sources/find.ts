import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';

/** The configured source, or source_not_found naming those there are. */
export function findSource(sources: ReadonlyMap<string, SourceEntry>, name: string): SourceEntry {
  const entry = sources.get(name);
  if (entry) return entry;
  throw new CodedError(
    'source_not_found',
    `No source is called "${name}"; there is ${[...sources.keys()].join(', ')}.`,
  );
}

/** The source that is asked for, or all. */
export function chooseSources(sources: ReadonlyMap<string, SourceEntry>, name: string | undefined): SourceEntry[] {
  return name === undefined ? [...sources.values()] : [findSource(sources, name)];
}

/** queue_not_found for a queue that the broker has no trace of. */
export async function requireQueue({ backend }: SourceEntry, queue: string): Promise<void> {
  if (await backend.hasQueue(queue)) return;
  throw new CodedError('queue_not_found', `Source "${backend.name}" has no queue called "${queue.slice(0, 100)}".`);
}
