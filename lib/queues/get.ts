import { CodedError } from '@/lib/contracts/errors';
import { withAbilities } from '@/lib/queues/abilities';
import { sharedSnapshot } from '@/lib/queues/snapshot';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

export const getQueue = query('queue.get', async (ask, { source, queue }) => {
  const { backend } = findSource(ask.sources, source);
  const read = await sharedSnapshot(backend).read();
  const figures = read.queues.find((one) => one.name === queue) ?? (await readNewQueue());
  return { ...withAbilities(ask, backend, figures), asOf: new Date(read.at).toISOString() };

  /** A queue that came into being since discovery last looked. */
  async function readNewQueue() {
    if (await backend.hasQueue(queue)) {
      const again = await sharedSnapshot(backend).read({ fresh: true });
      const found = again.queues.find((one) => one.name === queue);
      if (found) return found;
    }
    throw new CodedError('queue_not_found', `Source "${source}" has no queue called "${queue.slice(0, 100)}".`);
  }
});
