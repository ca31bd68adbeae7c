import type { EventPlace } from '@/lib/backends/changes';
import type { RecordedEvent, ResumedQueue } from '@/lib/backends/recording';
import { timeOf } from '@/lib/iso-time';
import { ERROR_CAP, NAME_CAP, PAYLOAD_CAP, PROGRESS_CAP } from './fields';
import { isJobEvent } from './job-events';

export type StreamEntry = [id: string, fields: string[]];

/** An entry of a queue's `:events` STREAM; null for what says nothing of a job. `nowMs`: for ids that are no time. */
export function toRecordedEvent(queue: string, [entry, fields]: StreamEntry, nowMs: number): RecordedEvent | null {
  const said: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) said[fields[i] ?? ''] = fields[i + 1] ?? '';
  const { event = '', jobId } = said;
  if (!jobId || !isJobEvent(event)) return null;
  return {
    queue,
    id: jobId,
    ...placeOf(entry, nowMs),
    kind: event,
    name: event === 'added' ? (said.name ?? '').slice(0, NAME_CAP) : null,
    text: textOf(event, said),
    prev: said.prev ?? null,
  };
}

/** The entries that say that the queue was resumed. */
export function toResumed(queue: string, entries: readonly StreamEntry[], nowMs: number): ResumedQueue[] {
  return entries
    .filter(([, [field, event]]) => field === 'event' && event === 'resumed')
    .map(([entry]) => ({ queue, ...placeOf(entry, nowMs) }));
}

/** `ms-seq`; `nowMs` for ids that are no time. */
export function placeOf(entry: string, nowMs: number): EventPlace {
  return { at: timeOf(msOf(entry)) ?? nowMs, seq: Number(entry.split('-')[1] ?? 0) };
}

function textOf(event: string, said: Record<string, string>): string | null {
  if (event === 'failed') return said.failedReason?.slice(0, ERROR_CAP) ?? null;
  if (event === 'delayed') return said.delay ?? null;
  if (event === 'completed') return (said.returnvalue?.length ?? 0) <= PAYLOAD_CAP ? (said.returnvalue ?? null) : null;
  if (event === 'progress') return (said.data?.length ?? 0) <= PROGRESS_CAP ? (said.data ?? null) : null;
  return null;
}

/** What an entry weighs: results come whole with it. */
export function weighEntry([, fields]: StreamEntry): number {
  return fields.reduce((sum, text) => sum + text.length, 0);
}

/** `a` after `b`, both `ms-seq` of digits: each may be beyond what a double holds. */
export function isAfter(a: string, b: string): boolean {
  const [aMs = '0', aSeq = '0'] = a.split('-');
  const [bMs = '0', bSeq = '0'] = b.split('-');
  return aMs === bMs ? isGreater(aSeq, bSeq) : isGreater(aMs, bMs);
}

const isGreater = (a: string, b: string): boolean => (a.length === b.length ? a > b : a.length > b.length);

export const msOf = (id: string): number => Number(id.split('-')[0]);
