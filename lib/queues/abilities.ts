import type { QueueBackend } from '@/lib/backends/backend';
import type { PauseNote, Queue, QueueFigures } from '@/lib/contracts/queues';
import type { VerbName } from '@/lib/contracts/routes';
import { listAbilities } from '@/lib/sources/capabilities';
import type { Ask } from '@/lib/verbs';

/** Figures → the queue as it is answered, with what may be done to it. */
export function withAbilities(ask: Ask, backend: QueueBackend, figures: QueueFigures, pause: PauseNote | null): Queue {
  return { ...figures, pause, ...listAbilities(ask, backend, QUEUE_VERBS, (verb) => refuse(verb, figures)) };
}

const QUEUE_VERBS = [
  'queue.pause',
  'queue.resume',
  'job.add',
  'queue.drain',
  'queue.clean',
  'queue.obliterate',
  'queue.remove-orphans',
  'queue.set-concurrency',
  'queue.clear-concurrency',
  'queue.rate-limit',
  'queue.set-rate-limit',
  'queue.clear-rate-limit',
  'queue.trim-events',
  'queue.meta',
] as const;

/** A hint for the screen: the broker's own step is what decides. */
function refuse(verb: VerbName, { paused, counts, concurrency, rateLimit }: QueueFigures): string | null {
  if (verb === 'queue.pause' && paused) return 'The queue is paused already.';
  if (verb === 'queue.resume' && !paused) return 'The queue is not paused.';
  if (verb === 'queue.drain' && [counts.waiting, counts.prioritized, counts.delayed].every((count) => count === 0))
    return 'Nothing waits in it.';
  if (verb === 'queue.obliterate' && !paused) return 'Pause it first.';
  if (verb === 'queue.obliterate' && counts.active) return `${counts.active} running: wait until they have ended.`;
  if (verb === 'queue.clear-concurrency' && concurrency === null) return 'No global concurrency is set.';
  if (verb === 'queue.clear-rate-limit' && rateLimit === null) return 'No global rate limit is set.';
  return null;
}
