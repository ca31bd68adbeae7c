import type { PauseNote, QueueFigures } from '@/lib/contracts/queues';
import { log } from '@/lib/log';
import { pauseKey, readPauseNotes } from '@/lib/store/pause-notes';
import type { Ask } from '@/lib/verbs';

type Pausable = Pick<QueueFigures, 'source' | 'name' | 'paused'>;

/** Who paused each of the queues, as far as it is known. Asks the store only where one is paused; without the store nothing is known. */
export async function readPauses(
  { store }: Pick<Ask, 'store'>,
  queues: readonly Pausable[],
): Promise<(queue: Pausable) => PauseNote | null> {
  const paused = queues.filter((queue) => queue.paused);
  if (paused.length === 0) return () => null;
  const sources = [...new Set(paused.map(({ source }) => source))];
  const one = paused.length === 1 ? (paused[0]?.name ?? null) : null;
  const notes = await readPauseNotes(store, sources, one).catch((error: Error) => {
    log.debug({ err: error.message }, 'who paused a queue could not be read');
    return new Map<string, PauseNote>();
  });
  return (queue) => (queue.paused ? (notes.get(pauseKey(queue.source, queue.name)) ?? null) : null);
}

/** The same of one queue. */
export const readPause = async (ask: Pick<Ask, 'store'>, queue: Pausable): Promise<PauseNote | null> =>
  (await readPauses(ask, [queue]))(queue);
