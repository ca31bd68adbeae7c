import type { Backoff } from '../worker';
import type { BullJob, BullQueue, WorkerBroker } from './broker';

/** `key` names the child within its parent, without ":". */
export interface NewChild {
  key: string;
  queue: string;
  name: string;
  data: unknown;
  attempts: number;
  backoff: Backoff;
}

export interface ChildLink {
  add(parent: BullJob, children: readonly NewChild[]): Promise<void>;
  read(parent: BullJob): Promise<{ values: Record<string, unknown>; failed: number; total: number }>;
  close(): Promise<void>;
}

/**
 * Children of a running job. Their ids follow from the parent's queue, id and time of adding, so that a run that was cut off
 * while it added them adds only what is missing. A child that fails for good fails its parent.
 */
export function childLink(broker: WorkerBroker): ChildLink {
  const queues = new Map<string, BullQueue>();
  const queueOf = (name: string) => {
    const known = queues.get(name);
    if (known) return known;
    const queue = broker.openQueue(name);
    queue.on('error', () => undefined);
    queues.set(name, queue);
    return queue;
  };
  return {
    add: async (parent, children) => {
      const { before, after } = affixes(parent);
      for (const { key, queue, name, data, attempts, backoff } of children) {
        await queueOf(queue).add(name, data, {
          jobId: `${before}${key}${after}`,
          parent: { id: parent.id ?? '', queue: parent.queueQualifiedName },
          failParentOnFailure: true,
          attempts,
          backoff: { type: backoff.type, delay: backoff.delayMs, jitter: backoff.jitter },
        });
      }
    },
    read: async (parent) => {
      const [values, counts] = await Promise.all([parent.getChildrenValues(), parent.getDependenciesCount()]);
      const { processed = 0, unprocessed = 0, failed = 0, ignored = 0 } = counts;
      return {
        values: byKey(parent, values),
        failed: failed + ignored,
        total: processed + unprocessed + failed + ignored,
      };
    },
    close: async () => {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** Ids may not contain ":", those of schedulers' jobs do. */
function affixes(parent: BullJob): { before: string; after: string } {
  const clean = (text: string) => text.replaceAll(':', '_');
  return {
    before: `${clean(parent.queueName)}.${clean(parent.id ?? '')}.`,
    after: `.${parent.timestamp.toString(36)}`,
  };
}

/** BullMQ's key is `prefix:queue:id` (`queue:id` on PostgreSQL). */
function byKey(parent: BullJob, values: Record<string, unknown>): Record<string, unknown> {
  const { before, after } = affixes(parent);
  return Object.fromEntries(
    Object.entries(values).map(([full, value]) => {
      const id = full.slice(full.lastIndexOf(':') + 1);
      const own = id.startsWith(before) && id.endsWith(after);
      return [own ? id.slice(before.length, id.length - after.length) : id, value];
    }),
  );
}
