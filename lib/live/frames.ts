import type { BackendEvent } from '@/lib/backends/backend';
import type { JobFrame, OperationFrame, ResetFrame } from '@/lib/contracts/live';
import { toIsoOrNow as toIso } from '@/lib/iso-time';
import type { LoggedEvent } from '@/lib/live/event-log';
import { jobChannel, OPERATIONS, queueChannel, sourceChannel } from '@/lib/live/topics';

/*
 * The wire (text/event-stream). A frame is
 *
 *   id: <epoch>-<seq>     epoch = this hub's life, seq = its count of changes
 *   event: counts | job | worker | operation | reset
 *   data: <one line of JSON, see lib/contracts/live.ts>
 *
 * Ids never decrease within a stream. Whoever comes back with an id has seen all up to it, and possibly figures after it.
 */

export const frameText = (event: string, data: string) => `event: ${event}\ndata: ${data}\n\n`;

export function resetText(reason: ResetFrame['reason']): string {
  const data: ResetFrame = { at: toIso(Date.now()), reason };
  return frameText('reset', JSON.stringify(data));
}

export const formatId = (epoch: string, seq: number) => `${epoch}-${seq}`;

/** The sequence of an id of this hub's life; null for any other. */
export function parseId(epoch: string, id: string): number | null {
  const at = id.lastIndexOf('-');
  const digits = id.slice(at + 1);
  return id.slice(0, at) === epoch && /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}

export interface JobRef {
  source: string;
  queue: string;
  id: string;
}

export function logJobEvent(source: string, event: Extract<BackendEvent, { id: string }>, seq: number): LoggedEvent {
  const { queue, id } = event;
  const of = { source, queue, id, at: toIso(event.at) };
  const data: JobFrame =
    event.type === 'state'
      ? { ...of, type: 'state', state: event.state, name: event.name, error: event.error }
      : { ...of, type: 'progress', progress: event.progress ?? null };
  const channel = jobChannel(source, queue, id);
  return {
    seq,
    atMs: Date.now(),
    source,
    channels: [queueChannel(source, queue), channel],
    kind: event.type,
    subject: channel,
    text: frameText('job', JSON.stringify(data)),
  };
}

export function logLines(
  { source, queue, id }: JobRef,
  lines: string[],
  from: number,
  total: number,
  seq: number,
): LoggedEvent {
  const channel = jobChannel(source, queue, id);
  const text = linesText({ source, queue, id }, lines, from, total);
  return { seq, atMs: Date.now(), source, channels: [channel], kind: 'log', subject: channel, text };
}

/** Of one operation the latest replaces what came before it. */
export function logOperation(operation: OperationFrame['operation'], seq: number): LoggedEvent {
  const data: OperationFrame = { at: toIso(Date.now()), operation };
  const text = frameText('operation', JSON.stringify(data));
  const subject = `${OPERATIONS}\0${operation.id}`;
  return { seq, atMs: Date.now(), source: '', channels: [OPERATIONS], kind: 'progress', subject, text };
}

export function linesText({ source, queue, id }: JobRef, lines: string[], from: number, total: number): string {
  const data: JobFrame = { source, queue, id, at: toIso(Date.now()), type: 'log', lines, from, total };
  return frameText('job', JSON.stringify(data));
}

export function logReset(source: string, reason: ResetFrame['reason'], seq: number): LoggedEvent {
  const channels = [sourceChannel(source)];
  return { seq, atMs: Date.now(), source, channels, kind: 'reset', subject: source, text: resetText(reason) };
}
