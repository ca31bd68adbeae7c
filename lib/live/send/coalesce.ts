import type { LoggedEvent } from '@/lib/live/event-log';

/** What one flush may carry; beyond it the stream is told to fetch instead. */
export const FLUSH_EVENTS = 5_000;
export const FLUSH_CHARS = 1_000_000;

/**
 * The events of one flush, in order: of a job's progress the last, of resets the last; every state and every log line.
 * null = more than one flush may carry.
 */
export function coalesce(events: readonly LoggedEvent[]): LoggedEvent[] | null {
  const last = new Map<string, number>();
  for (const event of events) if (isReplaced(event)) last.set(keyOf(event), event.seq);
  const kept = events.filter((event) => !isReplaced(event) || last.get(keyOf(event)) === event.seq);
  const chars = kept.reduce((sum, event) => sum + event.text.length, 0);
  return kept.length > FLUSH_EVENTS || chars > FLUSH_CHARS ? null : kept;
}

const isReplaced = (event: LoggedEvent) => event.kind === 'progress' || event.kind === 'reset';
const keyOf = (event: LoggedEvent) => (event.kind === 'reset' ? 'reset' : event.subject);
