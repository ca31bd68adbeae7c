import type { RecordedEvent } from '@/lib/backends/recording';

/**
 * `ended`: what the end of an attempt changes. `first`: that, and what a job is. `whole`: with the result too, which at its end
 * comes with the event.
 */
export type FieldSet = 'small' | 'ended' | 'first' | 'whole';

export interface FieldWish {
  queue: string;
  id: string;
  set: FieldSet;
}

/** At most one read for each job: in full when it is met, and what its end changed when an attempt ended. */
export function wishesOf(
  events: readonly RecordedEvent[],
  isKnown: (queue: string, id: string) => boolean,
): FieldWish[] {
  const wanted = new Map<string, FieldWish & { gone: boolean }>();
  for (const { queue, id, kind, prev } of events) {
    const key = `${queue.length}:${queue}${id}`;
    const wish = wanted.get(key) ?? { queue, id, set: isKnown(queue, id) ? 'small' : 'first', gone: false };
    wish.gone = kind === 'removed';
    if (wish.set === 'small' && endsAttempt(kind, prev)) wish.set = 'ended' satisfies FieldSet;
    wanted.set(key, wish);
  }
  return [...wanted.values()].filter(({ set, gone }) => !gone && set !== 'small');
}

function endsAttempt(kind: RecordedEvent['kind'], prev: string | null): boolean {
  return kind === 'completed' || kind === 'failed' || kind === 'delayed' || (kind === 'waiting' && prev === 'active');
}
