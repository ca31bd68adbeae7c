import type { QueueBackend } from '@/lib/backends/backend';
import type { Queue, QueueFigures } from '@/lib/contracts/queues';
import { listAbilities } from '@/lib/sources/capabilities';
import type { Ask } from '@/lib/verbs';

/** Figures → the queue as it is answered, with what may be done to it. */
export function withAbilities(ask: Ask, backend: QueueBackend, figures: QueueFigures): Queue {
  const abilities = listAbilities(ask, backend, ['queue.pause', 'queue.resume', 'job.add'], (verb) => {
    if (verb === 'queue.pause' && figures.paused) return 'The queue is paused already.';
    if (verb === 'queue.resume' && !figures.paused) return 'The queue is not paused.';
    return null;
  });
  return { ...figures, ...abilities };
}
