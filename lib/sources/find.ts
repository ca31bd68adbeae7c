import type { SourceEntry } from '@/lib/context';
import { NewName } from '@/lib/contracts/common';
import { CodedError } from '@/lib/contracts/errors';
import { describeErrors, fieldErrors } from '@/lib/contracts/parse-input';

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

/** A queue that something may be added to: one that is there, or one whose name is fit for a new one. */
export async function requireAddable(entry: SourceEntry, queue: string): Promise<void> {
  const name = NewName.safeParse(queue);
  if (name.success || (await entry.backend.hasQueue(queue))) return;
  const errors = fieldErrors(name.error.issues, ['queue']);
  throw new CodedError('validation_failed', describeErrors(errors), { errors });
}

/** queue_not_found for a queue that the broker has no trace of. */
export async function requireQueue({ backend }: SourceEntry, queue: string): Promise<void> {
  if (await backend.hasQueue(queue)) return;
  throw new CodedError('queue_not_found', `Source "${backend.name}" has no queue called "${queue.slice(0, 100)}".`);
}
